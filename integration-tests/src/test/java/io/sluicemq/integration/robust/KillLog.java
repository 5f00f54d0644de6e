package io.sluicemq.integration.robust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** What a process says of itself in a mapped file, so that it is known after its death. One thread writes, any reads. */
final class KillLog implements AutoCloseable {
    private static final int BYTES = 4096;
    private static final int WORD_BYTES = 128;

    private final UnsafeBuffer words;

    /** Times are those of {@link System#nanoTime()}, which is the same in all processes of a machine. */
    enum Word {
        /** When it was about to connect, or had bound. */
        STARTED_NS(0),
        /** When its first message came. */
        FIRST_NS(1),
        /** Messages that a send has accepted. */
        ACCEPTED(2),
        /** Messages of these that have left the process for certain, so that its death cannot take them along. */
        CERTAIN(3),
        /** Number of the first message that came. */
        FIRST(4),
        /** One more than the number of the last message that came. */
        NEXT(5),
        /** Messages that came. */
        RECEIVED(6);

        private final int at;

        Word(final int number) {
            at = number * WORD_BYTES;
        }
    }

    private KillLog(final UnsafeBuffer words) {
        this.words = words;
    }

    static KillLog open(final Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new KillLog(new UnsafeBuffer(channel.map(MapMode.READ_WRITE, 0, BYTES)));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void set(final Word word, final long value) {
        words.putLongRelease(word.at, value);
    }

    long get(final Word word) {
        return words.getLongAcquire(word.at);
    }

    @Override
    public void close() {
        IoUtil.unmap(words.byteBuffer());
    }
}
