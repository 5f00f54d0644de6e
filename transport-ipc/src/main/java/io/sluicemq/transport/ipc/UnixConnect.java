package io.sluicemq.transport.ipc;

import io.sluicemq.transport.TransportContext;
import io.sluicemq.transport.stream.Channels;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Connects a Unix-domain socket, which happens at once or not at all. With too many waiting to be accepted at this moment the system
 * would block or fail, and no selector tells of room, so it is asked again for a while. Agent.
 */
final class UnixConnect {
    private static final long RETRY_NS = 10_000_000L;
    private static final int MAX_RETRIES = 200;

    private final TransportContext context;
    private final Path path;
    private final Caller caller;
    private int retries;
    private boolean over;

    UnixConnect(final TransportContext context, final Path path, final Caller caller) {
        this.context = context;
        this.path = path;
        this.caller = caller;
    }

    /** Who wants to be connected. */
    interface Caller {
        /** Sets and checks what must be before the connection is made; what it throws is told as it is. */
        void prepare(SocketChannel channel) throws IOException;

        /** The channel, in non-blocking mode, is the caller's, unless this throws, which is told as it is. */
        void onConnected(SocketChannel channel) throws IOException;

        /** It did not come to be; the text names limit and remedy. */
        void onFailed(String text);
    }

    void begin() {
        if (over) {
            return;
        }
        try {
            attempt();
            over = true;
        } catch (final CallerException e) {
            fail(e.getMessage());
        } catch (final ConnectException e) {
            fail(e, "a path where somebody listens, start the listener");
        } catch (final SocketException e) {
            if (!Files.isWritable(path)) {
                fail(e, "a socket that exists and that this user may write, start the listener or check permissions");
            } else if (retries++ < MAX_RETRIES) {
                context.schedule(context.nowNs() + RETRY_NS, this::begin);
            } else {
                fail(e, "a listener with room in its backlog, raise its backlog option");
            }
        } catch (final IOException | UnsupportedOperationException e) {
            fail(e, "a system with Unix-domain sockets, use tcp");
        }
    }

    private void attempt() throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean connected = false;
        try {
            channel.configureBlocking(false);
            prepare(channel);
            if (!channel.connect(UnixDomainSocketAddress.of(path))) {
                throw new IOException("connecting takes time on this system");
            }
            tellConnected(channel);
            connected = true;
        } finally {
            if (!connected) {
                Channels.closeQuietly(channel);
            }
        }
    }

    private void prepare(final SocketChannel channel) throws CallerException {
        try {
            caller.prepare(channel);
        } catch (final IOException e) {
            throw new CallerException(e);
        }
    }

    private void tellConnected(final SocketChannel channel) throws CallerException {
        try {
            caller.onConnected(channel);
        } catch (final IOException e) {
            throw new CallerException(e);
        }
    }

    private void fail(final Exception cause, final String limit) {
        fail(cause.getMessage() + ", limit=" + limit);
    }

    private void fail(final String text) {
        over = true;
        caller.onFailed("path=" + path + ": " + text);
    }

    /** What the caller does not like is no fault of the system's: its own text says it all. */
    private static final class CallerException extends IOException {
        private static final long serialVersionUID = 1;

        CallerException(final IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Gives up, without a word to the caller. */
    void abandon() {
        over = true;
    }
}
