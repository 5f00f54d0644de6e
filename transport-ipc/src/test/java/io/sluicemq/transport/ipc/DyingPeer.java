package io.sluicemq.transport.ipc;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/** A program that uses one side of a ring until it passes the point at which it dies, see {@link FaultPoints}. */
final class DyingPeer {
    static final int MESSAGES = 10;
    static final int BODY_BYTES = 64;

    private DyingPeer() {}

    public static void main(final String[] args) throws IOException {
        final Path path = Path.of(args[1]);
        final ShmFile file = ShmFile.open(path, Files.getOwner(path.getParent()));
        switch (args[0]) {
            case "write" -> write(writer(file));
            case "write-large" -> writeLarge(writer(file));
            case "read" -> read(file);
            default -> throw new IllegalArgumentException("role=" + args[0] + ", limit=write, write-large, read");
        }
    }

    private static ShmWriter writer(final ShmFile file) {
        return new ShmWriter(file.ring(0), 0, false, () -> {}, text -> {
            throw new IllegalStateException(text);
        });
    }

    private static void write(final ShmWriter writer) {
        for (int i = 0; i < MESSAGES; i++) {
            writer.offer(null, MessageKind.SINGLE, message(i, BODY_BYTES), 0, BODY_BYTES);
        }
    }

    private static void writeLarge(final ShmWriter writer) {
        write(writer);
        writer.offerLarge(MessageKind.SINGLE, message(MESSAGES, 2_000), 0, 2_000);
    }

    private static void read(final ShmFile file) {
        final RingPair told = new RingPair();
        final RecordReader reader =
                new RecordReader(file.ring(0), new ReadLimits(RingPair.TAG, 0, -1, 1), new BufferPool(0), () -> {});
        while (reader.read(told, 1) > 0) {
            // Until it dies, or all is read.
        }
    }

    static UnsafeBuffer message(final int number, final int length) {
        return RingPair.bytes(length, number);
    }
}
