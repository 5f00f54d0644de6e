package io.sluicemq.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads lines as bytes, whatever their encoding. A line ends before its line feed or at the end of the input; a carriage
 * return belongs to it. For one thread.
 */
final class LineInput {
    private static final int INITIAL_BYTES = 1 << 16;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private final InputStream stream;
    private byte[] bytes = new byte[INITIAL_BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int lineAt;
    private int lineLength;
    private int nextAt;
    private int filledTo;
    private long lines;
    private volatile boolean onlyWhatIsThere;
    private volatile boolean reading;

    LineInput(final InputStream stream) {
        this.stream = stream;
    }

    /**
     * Goes to the next line.
     *
     * @return false at the end of the input.
     */
    boolean next() throws IOException {
        int searchedTo = nextAt;
        while (true) {
            for (int i = searchedTo; i < filledTo; i++) {
                if (bytes[i] == '\n') {
                    return take(i, i + 1);
                }
            }
            searchedTo = filledTo - nextAt;
            makeRoom();
            final int read = read();
            if (read < 0) {
                return filledTo > nextAt && take(filledTo, filledTo);
            }
            filledTo += read;
        }
    }

    private int read() throws IOException {
        reading = true;
        // Either this thread sees the wish to end, or the one that ends sees that this one reads.
        final int read =
                onlyWhatIsThere && stream.available() == 0 ? -1 : stream.read(bytes, filledTo, bytes.length - filledTo);
        reading = false;
        return read;
    }

    /** From now on the input ends where it would have to be waited for. Any thread. */
    void endWhereItWaits() {
        onlyWhatIsThere = true;
    }

    /** Whether a thread waits for input that has not come. Any thread. */
    boolean isWaiting() throws IOException {
        return reading && stream.available() == 0;
    }

    /** Holds the current line, until the next call of {@link #next()}. */
    UnsafeBuffer buffer() {
        return buffer;
    }

    int offset() {
        return lineAt;
    }

    int length() {
        return lineLength;
    }

    /** Number of the current line, from 1; 0 before the first. */
    long number() {
        return lines;
    }

    private boolean take(final int end, final int next) {
        lineAt = nextAt;
        lineLength = end - nextAt;
        nextAt = next;
        lines++;
        return true;
    }

    private void makeRoom() {
        final int begun = filledTo - nextAt;
        if (nextAt > 0) {
            System.arraycopy(bytes, nextAt, bytes, 0, begun);
        } else if (filledTo == bytes.length) {
            if (begun == MAX_BYTES) {
                throw new CliException(
                        ExitCodes.FAILURE,
                        "line=" + (lines + 1) + ", limit=" + MAX_BYTES + " bytes, split it into shorter lines");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, bytes.length * 2L));
            buffer.wrap(bytes);
        }
        nextAt = 0;
        filledTo = begun;
    }
}
