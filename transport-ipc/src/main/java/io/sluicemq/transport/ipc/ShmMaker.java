package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bound end of a join: makes a file, names it to the peer, and removes the name once the peer has mapped it, so that nothing
 * is left when both die.
 */
final class ShmMaker implements ShmJoin {
    private static final Logger LOG = LoggerFactory.getLogger(ShmMaker.class);

    private final ShmDriver driver;
    private final Path socket;
    private final ShmOptions options;
    private ShmConnection connection;
    private Path path;
    private final Unclaimed made = new Unclaimed();

    ShmMaker(final ShmDriver driver, final Path socket, final ShmOptions options) {
        this.driver = driver;
        this.socket = socket;
        this.options = options;
    }

    @Override
    public boolean isListening() {
        return true;
    }

    @Override
    public void begin(final ShmConnection joining) {
        connection = joining;
        path = ShmAddress.freshRing(socket);
        try {
            driver.context().blocking().execute(this::make);
        } catch (final RejectedExecutionException e) {
            connection.close(CloseReason.CLOSED_LOCALLY, "the context is closing");
        }
    }

    /** On a thread that may block. */
    private void make() {
        try {
            final ShmFile file = ShmFile.create(path, options.ringBytes(), options.ringBytes(), options.permissions());
            if (made.put(file)) {
                driver.context().agent().execute(this::onMade);
            } else {
                discard(file);
            }
        } catch (final IOException e) {
            driver.context().agent().execute(() -> fail(ShmTexts.reasonOf(e)));
        }
    }

    private void fail(final String text) {
        if (!made.isAbandoned()) {
            connection.send(ControlFrame.ERROR, text.getBytes(StandardCharsets.UTF_8));
            connection.refuse(CloseReason.IO_ERROR, text);
        }
    }

    private void onMade() {
        if (!made.isAbandoned()) {
            final byte[] name = path.getFileName().toString().getBytes(StandardCharsets.UTF_8);
            connection.send(ControlFrame.RING, Marks.of(connection.end()).encode(name));
        }
    }

    @Override
    public void onFrame(final int type, final byte[] body) {
        final Marks marks = body.length == Marks.BYTES ? Marks.get(body) : null;
        final boolean joins = type == ControlFrame.JOINED && marks != null && marks.isValid();
        final ShmFile joined = joins ? made.take() : null;
        if (joined == null) {
            connection.onMalformed("joinFrameType=" + type + ", bytes=" + body.length + ", limit=34, 8, two marks");
            return;
        }
        deleteName(joined);
        connection.onJoined(joined, 0, marks);
    }

    @Override
    public void abandon() {
        final ShmFile left = made.abandon();
        if (left != null) {
            discard(left);
        }
    }

    private static void discard(final ShmFile file) {
        deleteName(file);
        file.unmap();
    }

    private static void deleteName(final ShmFile named) {
        try {
            named.deleteName();
        } catch (final IOException e) {
            LOG.warn("a ring's file stays until its socket is bound anew: {}", e.toString());
        }
    }
}
