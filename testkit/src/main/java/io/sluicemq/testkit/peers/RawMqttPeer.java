package io.sluicemq.testkit.peers;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A connection of MQTT 3.1.1 to a broker that sends just the packets it is told to, valid or not, and gathers them until
 * {@link #flush}. Answers are for the test to read, in their order. Reading blocks, within a limit. One thread at a time.
 */
public final class RawMqttPeer implements AutoCloseable {

    /** Answer to a CONNECT. */
    public static final int CONNACK = 2;

    /** A message. */
    public static final int PUBLISH = 3;

    /** Answer to a SUBSCRIBE. */
    public static final int SUBACK = 9;

    /** Answer to an UNSUBSCRIBE. */
    public static final int UNSUBACK = 11;

    /** Answer to a PINGREQ. */
    public static final int PINGRESP = 13;

    private static final int CONNECT = 1;
    private static final int SUBSCRIBE = 8;
    private static final int UNSUBSCRIBE = 10;
    private static final int PINGREQ = 12;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_LENGTH_BYTES = 4;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;

    private RawMqttPeer(final int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) LIMIT.toMillis());
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES));
    }

    /** A packet that came. */
    public static final class Packet {

        private final int type;
        private final byte[] body;

        Packet(final int type, final byte[] body) {
            this.type = type;
            this.body = body;
        }

        /**
         * Type of the packet (MQTT 3.1.1 section 2.2.1).
         *
         * @return such as {@link #PUBLISH}.
         */
        public int type() {
            return type;
        }

        /**
         * The payload of a message of QoS 0.
         *
         * @return its bytes as text.
         */
        public String payload() {
            final int start = Short.BYTES + topicBytes();
            return new String(body, start, body.length - start, StandardCharsets.UTF_8);
        }

        /**
         * The topic of a message.
         *
         * @return its name.
         */
        public String topic() {
            return new String(body, Short.BYTES, topicBytes(), StandardCharsets.UTF_8);
        }

        /**
         * The code of a CONNACK, or the first one of a SUBACK.
         *
         * @return 0 to 2: good; 128: refused.
         */
        public int code() {
            return body[type == CONNACK ? 1 : 2] & 0xFF;
        }

        private int topicBytes() {
            return ByteBuffer.wrap(body).getShort() & 0xFFFF;
        }
    }

    /**
     * Connects with a clean session and waits for the answer.
     *
     * @param port on the loopback address.
     * @param clientId of the session.
     * @return the connected end.
     */
    public static RawMqttPeer connect(final int port, final String clientId) {
        RawMqttPeer peer = null;
        try {
            peer = new RawMqttPeer(port);
            final ByteArrayOutputStream body = new ByteArrayOutputStream();
            writeText(body, "MQTT");
            body.writeBytes(new byte[] {4, 2, 0, 0}); // level, clean session, no keep-alive
            writeText(body, clientId);
            peer.send(CONNECT, 0, body.toByteArray());
            peer.flush();
            final Packet answer = peer.read();
            if (answer == null || answer.type() != CONNACK || answer.code() != 0) {
                throw new PeerException("mqtt: not connected, type=" + (answer == null ? "none" : answer.type()));
            }
            return peer;
        } catch (final IOException | RuntimeException e) {
            if (peer != null) {
                peer.close();
            }
            throw e instanceof PeerException known ? known : new PeerException("mqtt: cannot connect, port=" + port, e);
        }
    }

    /**
     * Sends a SUBSCRIBE for one filter.
     *
     * @param packetId of it, 1 to 65,535.
     * @param filter not checked.
     * @param qos 0 to 2.
     */
    public void subscribe(final int packetId, final String filter, final int qos) {
        final ByteArrayOutputStream body = withId(packetId);
        writeText(body, filter);
        body.write(qos);
        send(SUBSCRIBE, 2, body.toByteArray());
    }

    /**
     * Sends an UNSUBSCRIBE for one filter.
     *
     * @param packetId of it, 1 to 65,535.
     * @param filter not checked.
     */
    public void unsubscribe(final int packetId, final String filter) {
        final ByteArrayOutputStream body = withId(packetId);
        writeText(body, filter);
        send(UNSUBSCRIBE, 2, body.toByteArray());
    }

    /**
     * Sends a message of QoS 0.
     *
     * @param topic not checked.
     * @param payload of the message.
     * @param retain whether the broker keeps it for later subscribers.
     */
    public void publish(final String topic, final String payload, final boolean retain) {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        writeText(body, topic);
        body.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        send(PUBLISH, retain ? 1 : 0, body.toByteArray());
    }

    /** Sends a PINGREQ: when its answer comes, all before it has been answered. */
    public void ping() {
        send(PINGREQ, 0, new byte[0]);
    }

    /** Writes what was gathered. */
    public void flush() {
        try {
            out.flush();
        } catch (final IOException e) {
            throw new PeerException("mqtt: cannot write", e);
        }
    }

    /**
     * Waits for the next packet.
     *
     * @return null when the broker has closed the connection.
     * @throws PeerException when nothing comes in time.
     */
    public Packet read() {
        try {
            final int first = in.read();
            if (first < 0) {
                return null;
            }
            final byte[] body = new byte[readLength()];
            in.readFully(body);
            return new Packet(first >> 4, body);
        } catch (final SocketException e) {
            return null; // Reset: closed while it had something to read.
        } catch (final IOException e) {
            throw new PeerException("mqtt: cannot read", e);
        }
    }

    @Override
    public void close() {
        RawZmtpPeer.closeQuietly(socket);
    }

    private void send(final int type, final int flags, final byte[] body) {
        try {
            out.write((type << 4) | flags);
            int left = body.length;
            do {
                out.write(left > 0x7F ? (left & 0x7F) | 0x80 : left);
                left >>>= 7;
            } while (left > 0);
            out.write(body);
        } catch (final IOException e) {
            throw new PeerException("mqtt: cannot write type=" + type, e);
        }
    }

    private int readLength() throws IOException {
        int length = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            final int part = in.readUnsignedByte();
            length |= (part & 0x7F) << (7 * i);
            if (part < 0x80) {
                return length;
            }
        }
        throw new PeerException("mqtt: length of a packet is too long");
    }

    private static ByteArrayOutputStream withId(final int packetId) {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(packetId >>> Byte.SIZE);
        body.write(packetId);
        return body;
    }

    private static void writeText(final ByteArrayOutputStream body, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        body.write(bytes.length >>> Byte.SIZE);
        body.write(bytes.length);
        body.writeBytes(bytes);
    }
}
