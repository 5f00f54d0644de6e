package io.sluicemq.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client of MQTT 3.1.1 with as little work for each message as there can be: packets are written one after another into a buffer that
 * goes out by one write, and looked at where one read has put them. Blocks; allocates nothing. One thread.
 */
final class MqttConnection implements AutoCloseable {
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBACK = 9;

    private static final int CONNECT = 1;
    private static final int SUBSCRIBE = 8;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int MAX_HEADER_BYTES = 5;
    private static final int ACK_BYTES = 4;

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final UnsafeBuffer view = new UnsafeBuffer(in);
    private int type;
    private int flags;
    private int bodyAt;
    private int bodyBytes;

    private MqttConnection(final SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects to a session that is kept, and waits for the answer. */
    static MqttConnection open(final int port, final String clientId) throws IOException {
        final SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        final MqttConnection connection = new MqttConnection(channel);
        final byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
        connection.putHeader(CONNECT, 0, 12 + id.length);
        connection.putText("MQTT".getBytes(StandardCharsets.UTF_8));
        // Level 4, not a clean session, no keep-alive.
        connection.out.put((byte) 4).put((byte) 0).putShort((short) 0);
        connection.putText(id);
        connection.expect(CONNACK);
        return connection;
    }

    void subscribe(final byte[] filter, final int qos) throws IOException {
        putHeader(SUBSCRIBE, 2, 2 + 2 + filter.length + 1);
        out.putShort((short) 1);
        putText(filter);
        out.put((byte) qos);
        expect(SUBACK);
    }

    private void expect(final int wanted) throws IOException {
        flush();
        while (!next()) {
            read();
        }
        if (type != wanted) {
            throw new IOException("packetType=" + type + ", limit=" + wanted + ", see the broker's log");
        }
    }

    /** Whether a message and an answer find room before the next {@link #flush}. */
    boolean hasRoom(final int topicBytes, final int payloadBytes) {
        return out.remaining() > MAX_HEADER_BYTES + 4 + topicBytes + payloadBytes + ACK_BYTES;
    }

    void putPublish(final int qos, final int id, final byte[] topic, final ByteBuffer payload) {
        putHeader(PUBLISH, qos << 1, 2 + topic.length + 2 + payload.capacity());
        putText(topic);
        out.putShort((short) id).put(payload.clear());
    }

    /** Any of the four packets that consist of a number. */
    void putAcknowledgement(final int newType, final int id) throws IOException {
        if (out.remaining() < ACK_BYTES) {
            flush();
        }
        putHeader(newType, newType == PUBREL ? 2 : 0, 2);
        out.putShort((short) id);
    }

    private void putHeader(final int newType, final int newFlags, final int length) {
        out.put((byte) (newType << 4 | newFlags));
        int left = length;
        while (left > 0x7f) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    private void putText(final byte[] text) {
        out.putShort((short) text.length).put(text);
    }

    /** Writes all that was put. */
    void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    /** Waits for more bytes. */
    void read() throws IOException {
        in.compact();
        final int count = channel.read(in);
        in.flip();
        if (count < 0) {
            throw new EOFException("the broker has closed the connection");
        }
    }

    /** Goes to the next packet that is there as a whole. */
    boolean next() {
        final int start = in.position();
        int length = 0;
        for (int i = 1; i < MAX_HEADER_BYTES; i++) {
            if (start + i >= in.limit()) {
                return false;
            }
            final int part = in.get(start + i);
            length |= (part & 0x7f) << (7 * (i - 1));
            if (part >= 0) {
                if (start + 1 + i + length > in.limit()) {
                    return false;
                }
                type = (in.get(start) & 0xff) >>> 4;
                flags = in.get(start) & 0xf;
                bodyAt = start + 1 + i;
                bodyBytes = length;
                in.position(bodyAt + length);
                return true;
            }
        }
        throw new IllegalStateException("lengthBytes=5, limit=4, see the broker's log");
    }

    int type() {
        return type;
    }

    /** Of a message, its quality of service. */
    int qos() {
        return flags >> 1 & 3;
    }

    /** The number of a packet other than a message, or of a message of QoS 1 and 2. */
    int id() {
        return in.getShort(type == PUBLISH ? payloadAt() - 2 : bodyAt) & 0xffff;
    }

    /** What was read; the payload of a message lies there. */
    UnsafeBuffer buffer() {
        return view;
    }

    /** Of a message of QoS 1 and 2. */
    int payloadAt() {
        return bodyAt + 2 + (in.getShort(bodyAt) & 0xffff) + 2;
    }

    int payloadBytes() {
        return bodyAt + bodyBytes - payloadAt();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
