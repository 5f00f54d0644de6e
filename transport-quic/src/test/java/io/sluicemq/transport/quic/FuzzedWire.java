package io.sluicemq.transport.quic;

import io.sluicemq.wire.HandshakeConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** What a peer says on its streams, made of all that there is, in any order, with some bytes changed. One thread. */
final class FuzzedWire {
    private static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);
    private static final String[] COMMANDS = {
        "X-CREDIT",
        "X-HEARD",
        "X-VALUE",
        "X-NUMBER",
        "X-DATAGRAMS",
        "X-BEGIN",
        "X-RECEIVED",
        "X-END",
        "X-APART",
        "PING",
        "PONG",
        "SUBSCRIBE",
        "CANCEL",
        "ERROR",
        "READY"
    };

    private final Random random;

    FuzzedWire(final long seed) {
        this.random = new Random(seed);
    }

    /** Greeting and READY, mostly as they should be, and commands. */
    byte[] control(final String socketType) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(GREETING);
        all.writeBytes(ready(socketType));
        final byte[] right = all.toByteArray();
        if (random.nextInt(4) == 0) {
            mutate(right);
        }
        all.reset();
        all.writeBytes(right);
        addFrames(all, 0);
        return all.toByteArray();
    }

    /** One that a client or a server opens in one direction. */
    byte[] oneWay() {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final int type = 1 + random.nextInt(3);
        all.write(type);
        all.write(type == 1 ? 0 : random.nextInt(4));
        if (type == 3) {
            all.write(random.nextInt(2));
            all.writeBytes(ByteBuffer.allocate(8).putLong(random.nextInt(6)).array());
        }
        addFrames(all, 3);
        return all.toByteArray();
    }

    byte[] datagram() {
        final byte[] all = new byte[9 + random.nextInt(30)];
        random.nextBytes(all);
        ByteBuffer.wrap(all).put((byte) 1).putLong(random.nextInt(50));
        if (all.length > 10) {
            all[9] = 0;
            all[10] = (byte) (all.length - 11);
        }
        return all;
    }

    boolean chance(final int of) {
        return random.nextInt(of) == 0;
    }

    int below(final int bound) {
        return random.nextInt(bound);
    }

    private static byte[] ready(final String type) {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("\005READY".getBytes(StandardCharsets.US_ASCII));
        property(body, "Socket-Type", type.getBytes(StandardCharsets.US_ASCII));
        property(body, LaneTerms.PROPERTY, new byte[] {3, (byte) (type.equals("PAIR") ? 1 : 0), 0, 16, 0, 0, 4});
        property(body, HandshakeConfig.COUNTS_PROPERTY, new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
        property(body, DatagramTerms.PROPERTY, new byte[] {4, 0});
        property(body, PathCheck.KEY_PROPERTY, new byte[PathCheck.KEY_BYTES]);
        return frame(4, body.toByteArray());
    }

    private static void property(final ByteArrayOutputStream body, final String name, final byte[] value) {
        body.write(name.length());
        body.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
        body.writeBytes(value);
    }

    private static byte[] frame(final int flags, final byte[] body) {
        final ByteBuffer all = ByteBuffer.allocate(9 + body.length);
        if ((flags & 2) == 0 && body.length < 256) {
            all.put((byte) flags).put((byte) body.length);
        } else {
            all.put((byte) (flags | 2)).putLong(body.length);
        }
        all.put(body);
        return Arrays.copyOf(all.array(), all.position());
    }

    /** One message in so many frames, or none. */
    private void addFrames(final ByteArrayOutputStream all, final int messages) {
        for (int i = random.nextInt(12); i > 0; i--) {
            final boolean isMessage = messages > 0 && random.nextInt(messages) > 0;
            final byte[] bytes = isMessage ? message() : command();
            if (random.nextInt(12) == 0) {
                mutate(bytes);
            }
            all.write(bytes, 0, random.nextInt(25) == 0 ? random.nextInt(bytes.length) : bytes.length);
        }
        if (random.nextBoolean()) {
            all.write(0);
        }
    }

    private byte[] message() {
        return frame(random.nextInt(4), new byte[random.nextInt(random.nextInt(8) == 0 ? 3_000 : 40)]);
    }

    private byte[] command() {
        final String name = COMMANDS[random.nextInt(COMMANDS.length)];
        final byte[] argument = new byte[random.nextInt(random.nextInt(4) == 0 ? 300 : 20)];
        // Small numbers are the ones that can be.
        for (int i = 0; i < argument.length; i++) {
            argument[i] = (byte) (random.nextInt(5) == 0 ? random.nextInt(8) : 0);
        }
        final byte[] body = Arrays.copyOf(
                ((char) name.length() + name).getBytes(StandardCharsets.ISO_8859_1),
                1 + name.length() + argument.length);
        System.arraycopy(argument, 0, body, 1 + name.length(), argument.length);
        return frame(random.nextInt(4) == 0 ? 6 : 4, body);
    }

    private void mutate(final byte[] bytes) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
    }
}
