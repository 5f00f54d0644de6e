package io.sluicemq.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.testkit.TestPipeEnd;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Exceptions that a peer has brought about, and that reach no test: a connection ends with one that is thrown while it is served, and says so; Netty
 * logs one that is thrown in a task or a handler. Looks for both.
 */
final class EscapedExceptions extends Handler implements AutoCloseable {
    /** Of nobody but who has made a mistake; what has to do with the network is another. */
    private static final Pattern MISTAKES = Pattern.compile(
            "an exception was thrown|java\\.(lang|util)\\.\\w+(Exception|Error)|java\\.nio\\.Buffer|IllegalReferenceCount");

    private final List<Throwable> logged = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");

    EscapedExceptions() {
        root.addHandler(this);
    }

    @Override
    public void publish(final LogRecord record) {
        if (record.getThrown() instanceof RuntimeException || record.getThrown() instanceof Error) {
            logged.add(record.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing waits.
    }

    @Override
    public void close() {
        root.removeHandler(this);
    }

    void assertNone(final Iterable<TestPipeEnd> ends) {
        assertThat(logged).isEmpty();
        for (final TestPipeEnd end : ends) {
            assertThat(end.closeDetail() == null ? "" : end.closeDetail()).doesNotContainPattern(MISTAKES);
        }
    }
}
