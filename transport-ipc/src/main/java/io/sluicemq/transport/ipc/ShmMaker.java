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
    private ShmFile file;
    private boolean abandoned;

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
            final ShmFile made = ShmFile.create(path, options.ringBytes(), options.ringBytes(), options.permissions());
            driver.context().agent().execute(() -> onMade(made));
        } catch (final IOException e) {
            driver.context().agent().execute(() -> fail(ShmTexts.reasonOf(e)));
        }
    }

    private void fail(final String text) {
        if (!abandoned) {
            connection.send(ControlFrame.ERROR, text.getBytes(StandardCharsets.UTF_8));
            connection.refuse(CloseReason.IO_ERROR, text);
        }
    }

    private void onMade(final ShmFile made) {
        file = made;
        if (abandoned) {
            discard();
            return;
        }
        final byte[] name = path.getFileName().toString().getBytes(StandardCharsets.UTF_8);
        connection.send(ControlFrame.RING, Marks.of(connection.end()).encode(name));
    }

    @Override
    public void onFrame(final int type, final byte[] body) {
        final Marks marks = body.length == Marks.BYTES ? Marks.get(body) : null;
        if (type != ControlFrame.JOINED || marks == null || !marks.isValid() || file == null) {
            connection.onMalformed("joinFrameType=" + type + ", bytes=" + body.length + ", limit=34, 8, two marks");
            return;
        }
        final ShmFile joined = file;
        file = null;
        deleteName(joined);
        connection.onJoined(joined, 0, marks);
    }

    @Override
    public void abandon() {
        abandoned = true;
        if (file != null) {
            discard();
        }
    }

    private void discard() {
        deleteName(file);
        file.unmap();
        file = null;
    }

    private static void deleteName(final ShmFile named) {
        try {
            named.deleteName();
        } catch (final IOException e) {
            LOG.warn("a ring's file stays until its socket is bound anew: {}", e.toString());
        }
    }
}
