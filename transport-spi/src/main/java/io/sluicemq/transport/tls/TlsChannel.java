package io.sluicemq.transport.tls;

import io.sluicemq.transport.stream.StreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * TLS (RFC 8446, RFC 5246) round another channel. The handshake is part of {@link #finishConnect}; its arithmetic is done on a
 * thread that may block, and meanwhile nobody else touches the engine. Agent thread.
 */
final class TlsChannel implements StreamChannel {
    /** Steps of a handshake in one turn; an honest one takes fewer. */
    private static final int MAX_TURN_STEPS = TlsInput.MAX_TURN_RECORDS;

    private enum Phase {
        CONNECTING,
        /** A listener does nothing for a peer that says nothing. */
        SILENT,
        /** A task is at work on another thread. */
        BUSY,
        SHAKING_HANDS,
        OPEN,
        CLOSED
    }

    /** Makes the engine, on a thread that may block. */
    @FunctionalInterface
    interface EngineMaker {
        SSLEngine make(long nowNs) throws IOException;
    }

    /** What is done on another thread. */
    @FunctionalInterface
    private interface Task {
        void run() throws IOException;
    }

    private final TlsLayer layer;
    private final StreamChannel channel;
    private final TlsOptions options;
    private final boolean dialed;
    private final EngineMaker maker;
    private final TlsOutput output;
    private final TlsInput input;
    private Phase phase = Phase.CONNECTING;
    private Runnable turnRequest;
    private SSLEngine engine; // changes hands through the executors
    private IOException failure;
    private boolean hasRead;
    private int wantedOps;

    /** Set by {@link #close}, looked at by the task. Volatile, as nothing else orders them; seen late, only work is lost. */
    private volatile boolean abandoned;

    TlsChannel(
            final TlsLayer layer,
            final StreamChannel channel,
            final TlsOptions options,
            final boolean dialed,
            final EngineMaker maker) {
        this.layer = layer;
        this.channel = channel;
        this.options = options;
        this.dialed = dialed;
        this.maker = maker;
        output = new TlsOutput(layer.chunks, channel);
        input = new TlsInput(layer, channel, output);
    }

    @Override
    public void turns(final Runnable request) {
        turnRequest = request;
        channel.turns(request);
    }

    @Override
    public boolean finishConnect() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (phase == Phase.CONNECTING && channel.finishConnect()) {
            phase = Phase.SILENT;
        }
        if (phase == Phase.SILENT && (dialed || hasFirstBytes())) {
            // The context is the agent's, and the task another thread's.
            final long nowNs = layer.context.nowNs();
            offload(() -> begin(nowNs));
        }
        return phase == Phase.SHAKING_HANDS && shakeHands();
    }

    @Override
    public int connectOps() {
        return switch (phase) {
            case CONNECTING -> channel.connectOps();
            case SILENT -> SelectionKey.OP_READ;
            case SHAKING_HANDS -> SelectionKey.OP_READ | (output.isFlushed() ? 0 : SelectionKey.OP_WRITE);
            default -> 0;
        };
    }

    private boolean hasFirstBytes() throws IOException {
        try {
            return input.hasFirstBytes();
        } catch (final TlsFailure.Truncated e) {
            throw TlsFailure.leftInHandshake(e);
        } catch (final SSLException e) {
            output.tellThatThisIsTls();
            throw TlsFailure.inHandshake(e, options);
        }
    }

    private void begin(final long nowNs) throws IOException {
        engine = maker.make(nowNs);
        // A client makes its keys here.
        engine.beginHandshake();
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void offload(final Task task) throws IOException {
        phase = Phase.BUSY;
        try {
            layer.context.handshakes().execute(() -> {
                if (!abandoned) {
                    final IOException outcome = outcomeOf(task);
                    layer.context.agent().execute(() -> onDone(outcome));
                }
            });
        } catch (final RejectedExecutionException e) {
            throw new IOException("the TLS handshake cannot be done: the context is closing", e);
        }
    }

    /** Null when all went well. Errors too are told, or the connection would wait for ever. */
    private static IOException outcomeOf(final Task task) {
        try {
            task.run();
            return null;
        } catch (final IOException e) {
            return e;
        } catch (final Throwable e) {
            return new IOException("tls=cannot be set up, limit=what this JDK has: " + e, e);
        }
    }

    private void onDone(final IOException failed) {
        if (phase == Phase.BUSY) {
            phase = Phase.SHAKING_HANDS;
            failure = failed == null ? null : TlsFailure.inHandshake(failed, options);
            input.engine(engine);
            output.engine(engine);
            turnRequest.run();
        }
    }

    private boolean shakeHands() throws IOException {
        try {
            input.begin();
            try {
                for (int step = 0; step < MAX_TURN_STEPS; step++) {
                    if (!shakeHandsOnce()) {
                        return phase == Phase.OPEN;
                    }
                }
            } finally {
                input.end();
            }
            // There may be a record in hand, of which no event tells.
            turnRequest.run();
            return false;
        } catch (final TlsFailure.Truncated e) {
            throw TlsFailure.leftInHandshake(e);
        } catch (final TlsFailure.NotTls e) {
            output.tellThatThisIsTls();
            throw TlsFailure.inHandshake(e, options);
        } catch (final SSLException e) {
            output.tellFailure();
            throw TlsFailure.inHandshake(e, options);
        }
    }

    /** Takes the next step; false when it is the last one, or what it needs is not here. */
    private boolean shakeHandsOnce() throws IOException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                offload(this::runTasks);
                yield false;
            }
            case NEED_WRAP -> {
                output.onWrapWanted();
                yield output.flush();
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                output.flush();
                yield input.shakeHands();
            }
            default -> {
                checkDates();
                output.onOpen();
                input.onOpen(dialed);
                phase = Phase.OPEN;
                yield false;
            }
        };
    }

    /** A session that is resumed brings a certificate that was looked at in an earlier connection. */
    private void checkDates() throws SSLException {
        if (!options.asksAuthorities()) {
            return;
        }
        final SSLSession session = engine.getSession();
        try {
            PeerTrust.checkDates((X509Certificate) session.getPeerCertificates()[0], layer.wallClockMs.getAsLong());
        } catch (final SSLPeerUnverifiedException e) {
            // A peer that need not show one.
            return;
        } catch (final PeerTrust.Refusal e) {
            session.invalidate();
            engine.closeOutbound();
            throw new SSLException(e.getMessage(), e);
        }
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        try {
            final int count = input.read(target);
            hasRead |= count > 0;
            if (count < 0) {
                forgetUnused();
            }
            if (input.isStalled()) {
                // The medium may be readable all the time, and would spin.
                interest(wantedOps);
            }
            return count;
        } catch (final IOException e) {
            if (e instanceof SSLException) {
                output.tellFailure();
            }
            forgetUnused();
            // In TLS 1.3 a client is done before its certificate is looked at.
            throw hasRead ? TlsFailure.afterHandshake(e) : TlsFailure.beforeFirstByte(e, options, dialed);
        }
    }

    /** A peer that says nothing may not like the session. It says why when it is asked for all again. */
    private void forgetUnused() {
        if (!hasRead) {
            engine.getSession().invalidate();
        }
    }

    @Override
    public boolean hasBuffered() {
        return phase == Phase.OPEN && input.hasBuffered();
    }

    @Override
    public int write(final ByteBuffer source) throws IOException {
        final int count = output.write(source);
        onWritten();
        return count;
    }

    @Override
    public long write(final ByteBuffer[] sources, final int count) throws IOException {
        final long taken = output.write(sources, count);
        onWritten();
        return taken;
    }

    @Override
    public boolean flush() throws IOException {
        final boolean flushed = output.flush();
        onWritten();
        return flushed;
    }

    /** Reading may have waited for this, with a record in hand, so that no event comes. */
    private void onWritten() {
        if (input.resume()) {
            interest(wantedOps);
            turnRequest.run();
        }
    }

    @Override
    public boolean isFlushed() {
        return output.isFlushed();
    }

    @Override
    public void interest(final int ops) {
        wantedOps = ops;
        channel.interest(input.isStalled() ? ops & ~SelectionKey.OP_READ : ops);
    }

    @Override
    public void polled(final boolean now) {
        channel.polled(now);
    }

    @Override
    public void shutdownOutput() throws IOException {
        output.shutdown();
        onWritten();
    }

    @Override
    public String remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public Map<String, String> attributes() {
        final Map<String, String> all = new HashMap<>(channel.attributes());
        all.putAll(TlsAttributes.of(engine.getSession(), options));
        return all;
    }

    @Override
    public void close() {
        if (phase == Phase.OPEN) {
            output.tellEnd();
        }
        phase = Phase.CLOSED;
        abandoned = true;
        input.release();
        output.release();
        channel.close();
    }
}
