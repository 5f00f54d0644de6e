package io.sluicemq.transport.ipc;

import io.sluicemq.transport.CloseReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.RejectedExecutionException;

/** The dialing end of a join: opens the file that the bound end made beside its socket. */
final class ShmOpener implements ShmJoin {
    private final ShmDriver driver;
    private final Path socket;

    /** Who listens at the socket, and must be the owner of the file. */
    private final UserPrincipal listener;

    private ShmConnection connection;
    private final Unclaimed opened = new Unclaimed();
    private boolean asked;

    ShmOpener(final ShmDriver driver, final Path socket, final UserPrincipal listener) {
        this.driver = driver;
        this.socket = socket;
        this.listener = listener;
    }

    @Override
    public boolean isListening() {
        return false;
    }

    @Override
    public void begin(final ShmConnection joining) {
        connection = joining;
    }

    @Override
    public void onFrame(final int type, final byte[] body) {
        final Marks marks = body.length > Marks.BYTES ? Marks.get(body) : null;
        if (type != ControlFrame.RING || marks == null || !marks.isValid() || asked) {
            connection.onMalformed("joinFrameType=" + type + ", bytes=" + body.length + ", limit=33, from 9, once");
            return;
        }
        asked = true;
        final String name = new String(body, Marks.BYTES, body.length - Marks.BYTES, StandardCharsets.UTF_8);
        final Path path = ShmAddress.ring(socket, name);
        if (path == null) {
            connection.onMalformed("ringName=" + ShmTexts.printable(body, Marks.BYTES, body.length - Marks.BYTES)
                    + ", limit=a ring of " + socket.getFileName());
            return;
        }
        try {
            driver.context().blocking().execute(() -> open(path, marks));
        } catch (final RejectedExecutionException e) {
            connection.close(CloseReason.CLOSED_LOCALLY, "the context is closing");
        }
    }

    /** On a thread that may block. */
    private void open(final Path path, final Marks marks) {
        try {
            final ShmFile file = ShmFile.open(path, listener);
            if (opened.put(file)) {
                driver.context().agent().execute(() -> onOpened(marks));
            } else {
                file.unmap();
            }
        } catch (final IOException e) {
            driver.context().agent().execute(() -> fail(ShmTexts.reasonOf(e)));
        }
    }

    private void fail(final String text) {
        if (!opened.isAbandoned()) {
            connection.onMalformed(text);
        }
    }

    private void onOpened(final Marks marks) {
        final ShmFile file = opened.take();
        if (file != null) {
            connection.send(ControlFrame.JOINED, Marks.of(connection.end()).encode(new byte[0]));
            connection.onJoined(file, 1, marks);
        }
    }

    @Override
    public void abandon() {
        final ShmFile left = opened.abandon();
        if (left != null) {
            left.unmap();
        }
    }
}
