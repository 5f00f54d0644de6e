package io.sluicemq.transport.quic;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.stream.StreamChannel;
import io.sluicemq.transport.stream.StreamPipe;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.PeerMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Map;
import javax.net.ssl.SSLEngine;

/**
 * One QUIC connection, which to a pipe is a row of bytes like any other: its frames go and come on a control stream and on a lane in
 * each direction. Agent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to the handlers
final class QuicConnection extends ChannelInboundHandlerAdapter implements StreamChannel, ClientPath.Subject {
    private static final int MAIN_URGENCY = 1;

    /** A connection that was closed stays for what the peer has not got yet, unless it says that it has. */
    private static final long LINGER_NS = 1_000_000_000L;

    private final QuicDriver driver;
    private final boolean dialed;
    private final String remoteAddress;
    private final QuicOptions options;
    private final TlsOptions tlsOptions;
    private final ConnectionOwner owner;
    private final StreamInput controlInput = new StreamInput(null, this::onProgress);
    private final EarlyRequests early = new EarlyRequests();
    private final PeerStreams peerStreams = new PeerStreams(this, controlInput, early);
    private final FrameMerger merger = peerStreams.merger();
    private final KeepAlive keepAlive;
    private final Datagrams datagrams;
    private final StreamOpener opener = new StreamOpener(this::onProgress, this::fail, this::onWriteFailed);
    private QuicChannel quic;
    private SSLEngine engine;
    private StreamPipe pipe;
    private Runnable requestTurn;
    private QuicStreamChannel control;
    private StreamOutput controlOutput;
    private StreamOutput laneOutput;
    private FrameSplitter splitter;
    private Credits credits;
    private Lanes lanes;
    private IOException failure;
    private int interest;
    private boolean active;
    private boolean queued;
    private boolean closed;
    private boolean gone;

    /** Makes a connection without QUIC; its remote address is for people, and its owner is told what becomes of it. */
    QuicConnection(
            final QuicDriver driver,
            final boolean dialed,
            final String remoteAddress,
            final ConnectionSettings settings,
            final ConnectionOwner owner) {
        this.driver = driver;
        this.dialed = dialed;
        this.remoteAddress = remoteAddress;
        this.options = settings.options();
        this.tlsOptions = settings.tls();
        this.owner = owner;
        this.keepAlive = new KeepAlive(driver, options, () -> !closed && !gone && failure == null);
        this.datagrams = new Datagrams(this, options);
        merger.datagrams(datagrams);
    }

    /** QUIC's part of the connection, before its handshake. */
    void attach(final QuicChannel channel, final SSLEngine itsEngine) {
        quic = channel;
        engine = itsEngine;
        datagrams.attach(channel);
        driver.add(this);
    }

    /** Begins to speak ZMTP as soon as there are streams. */
    void start(final PipeEnd end) {
        early.offer(dialed && options.earlyData() && end.mayRepeat());
        pipe = new StreamPipe(driver.group(), this, new LanedEnd(this, end, LaneTerms.of(options)), !dialed);
        pipe.start();
    }

    StreamPipe pipe() {
        return pipe;
    }

    EarlyRequests earlyRequests() {
        return early;
    }

    /** Whether the handshake of QUIC was ever done. */
    @Override
    public boolean wasActive() {
        return active;
    }

    /** What has ended the connection, or null. */
    IOException failure() {
        return failure;
    }

    // QUIC.

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        final boolean hasSaidAll = dialed && laneOutput != null && laneOutput.hasBegun();
        active = true;
        owner.onShaken();
        peerStreams.onShaken();
        openStreams();
        begin();
        if (hasSaidAll && splitter.mayCommand()) {
            keepAlive.sayAnyway();
        }
        datagrams.handOverEarly();
        context.fireChannelActive();
    }

    /** Once: when the handshake is done, or with the first words of a client that comes back, or in answer to them. */
    void openStreams() {
        if (laneOutput != null) {
            return;
        }
        laneOutput = openStream(MAIN_URGENCY, new byte[0]);
        begin();
        onStream();
        if (dialed) {
            opener.openControl(quic, controlInput, this::openControl);
        }
    }

    /** A stream of the peer's: it has one control stream, and none takes the place of one that has ended. */
    void onPeerStream(final QuicStreamChannel stream) {
        if (stream.type() == QuicStreamType.UNIDIRECTIONAL) {
            peerStreams.add(stream);
        } else if (control != null) {
            stream.close();
            fail(QuicFailure.oneStreamMore(stream.streamId()));
        } else {
            openStreams();
            stream.pipeline().addLast(controlInput);
            openControl(stream);
        }
    }

    /** Messages go on lanes from now on. */
    void useLanes(final Lanes made) {
        lanes = made;
        peerStreams.lanes(made);
        onProgress();
    }

    /** As {@link StreamOpener#open}. */
    StreamOutput openStream(final int urgency, final byte[] header) {
        driver.enter();
        return opener.open(quic, urgency, header);
    }

    Credits credits() {
        return credits;
    }

    Datagrams datagrams() {
        return datagrams;
    }

    QuicDriver driver() {
        return driver;
    }

    QuicOptions options() {
        return options;
    }

    /** Something is written on a lane, or read from one. */
    void onLane(final boolean writes) {
        driver.enter();
        if (writes) {
            keepAlive.onWrite();
        }
    }

    private void openControl(final QuicStreamChannel stream) {
        control = stream;
        controlOutput = opener.outputOfControl(stream);
        controlInput.open(stream);
        onStream();
    }

    private void onStream() {
        if (control != null && laneOutput != null) {
            splitter = new FrameSplitter(controlOutput, laneOutput, datagrams);
            credits = new Credits(controlOutput, this::mayCommand);
            begin();
            if (requestTurn != null) {
                requestTurn.run();
            }
        }
    }

    /** Not before the handshake is done: what a client has said until then could be a recording, and the peer's times are not known. */
    private void begin() {
        if (laneOutput != null && (active || !dialed)) {
            laneOutput.begin(StreamHeader.ofMain());
        }
        if (active && splitter != null) {
            keepAlive.start(controlOutput, quic, this::mayCommand);
        }
    }

    /** Whether a command of this side's own would not stand in the middle of another. */
    private boolean mayCommand() {
        return merger.isShaken() && splitter.mayCommand();
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event instanceof QuicConnectionCloseEvent close) {
            fail(QuicFailure.closedByPeer(close, tlsOptions, active));
            if (closed || !active) {
                // Netty would wait for a while until it gives a handshake up.
                kill();
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        fail(quic.isTimedOut() ? QuicFailure.silent(options) : QuicFailure.lost(null));
        context.fireChannelInactive();
        onGone();
    }

    /** QUIC never came to be. */
    @Override
    public void channelUnregistered(final ChannelHandlerContext context) {
        fail(QuicFailure.lost(null));
        context.fireChannelUnregistered();
        onGone();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        fail(active ? QuicFailure.lost(cause) : QuicFailure.unshaken(cause, tlsOptions));
    }

    /** Keeps the first reason, but for our own refusal of the peer, which comes before all that follows from it. */
    void fail(final IOException reason) {
        final String refusal = driver.tls().takeRefusal(engine);
        if (refusal != null) {
            failure = QuicFailure.inHandshake(refusal);
        } else if (failure == null) {
            failure = reason;
        }
        onProgress();
    }

    /** Nobody is there who knows of it. */
    @Override
    public void end(final IOException reason) {
        fail(reason);
        kill();
    }

    @Override
    public void onReplaced() {
        keepAlive.sayNow();
    }

    private void onGone() {
        if (!gone) {
            gone = true;
            driver.remove(this);
            owner.onGone(this);
        }
    }

    /** Not all that was written will arrive: the peer does not want it (STOP_SENDING), or QUIC is at its end. */
    private void onWriteFailed(final Throwable cause) {
        if (!closed) {
            fail(QuicFailure.lost(cause));
        }
    }

    // The pipe.

    /** Has this connection served soon. */
    void onProgress() {
        if (!queued && !closed && pipe != null) {
            driver.ready(this);
            queued = true;
        }
    }

    /** Gives the pipe its turn. */
    void serve() {
        queued = false;
        if (closed) {
            return;
        }
        driver.enter();
        if (lanes != null) {
            lanes.serve();
            if (closed) {
                return;
            }
            credits.flush();
        }
        final boolean anyDatagram = splitter != null && datagrams.serve(mayCommand());
        int ops = 0;
        if ((interest & SelectionKey.OP_READ) != 0 && hasBuffered()) {
            ops |= SelectionKey.OP_READ;
        }
        if ((interest & SelectionKey.OP_WRITE) != 0 && (failure != null || (splitter != null && splitter.hasRoom()))) {
            ops |= SelectionKey.OP_WRITE;
        }
        // What came on lanes is counted by the pipe, at the end of a turn of its own.
        if (!closed && (ops != 0 || splitter == null || lanes != null || anyDatagram)) {
            pipe.onReady(ops);
        }
    }

    @Override
    public void turns(final Runnable request) {
        requestTurn = request;
    }

    /** The version is settled by ALPN. */
    @Override
    public boolean isEager() {
        return true;
    }

    @Override
    public boolean finishConnect() throws IOException {
        if (splitter == null && failure != null) {
            throw failure;
        }
        return splitter != null;
    }

    @Override
    public int connectOps() {
        return 0;
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        driver.enter();
        final int count = merger.read(target);
        if (count > 0) {
            return count;
        }
        if (peerStreams.isAtEnd()) {
            return -1;
        }
        final IOException broken = failure == null ? peerStreams.failure() : failure;
        if (broken != null) {
            throw broken;
        }
        return 0;
    }

    /** The end and a failure as well: they may have come with the last bytes, and nothing tells of them again. */
    @Override
    public boolean hasBuffered() {
        return merger.hasMore() || peerStreams.isAtEnd() || failure != null || peerStreams.failure() != null;
    }

    @Override
    public boolean flush() {
        driver.enter();
        return splitter.flush();
    }

    @Override
    public boolean isFlushed() {
        return splitter == null
                || (splitter.isFlushed() && datagrams.isFlushed() && (lanes == null || lanes.isFlushed()));
    }

    @Override
    public long unsentMessages() {
        return lanes == null ? 0 : lanes.unsentMessages();
    }

    @Override
    public int write(final ByteBuffer source) throws IOException {
        driver.enter();
        if (failure != null) {
            throw failure;
        }
        keepAlive.onWrite();
        return splitter.flush() ? splitter.write(source) : 0;
    }

    @Override
    public void interest(final int ops) {
        interest = ops;
        // What came before is not told again.
        onProgress();
    }

    @Override
    public void shutdownOutput() {
        driver.enter();
        datagrams.sayTotal(laneOutput);
        endOutput();
    }

    private void endOutput() {
        datagrams.sayLast(mayCommand());
        laneOutput.end();
        controlOutput.end();
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public Map<String, String> attributes() {
        return QuicTls.attributes(engine, tlsOptions);
    }

    @Override
    public Map<String, byte[]> properties() {
        return DatagramTerms.of(options).with(early.with(LaneTerms.of(options).with(owner.properties(this))));
    }

    /** The main stream begins with it. */
    @Override
    public boolean takesMessageEarly() {
        if (early.isOffered()) {
            driver.enter();
            laneOutput.begin(StreamHeader.ofMain());
        }
        return early.isOffered();
    }

    @Override
    public void onPeer(final PeerMetadata peer) {
        peerStreams.onPeer(peer);
        owner.onPeer(peer);
    }

    /** The peer gets what was written, and the end of it, if it is there to take it. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        driver.enter();
        if (lanes != null) {
            lanes.close();
        }
        peerStreams.close();
        if (splitter == null || failure != null || gone) {
            kill();
        } else {
            endOutput();
            driver.context().schedule(driver.context().nowNs() + LINGER_NS, this::onLingered);
        }
    }

    private void onLingered() {
        driver.enter();
        kill();
        driver.leave();
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Ends QUIC now. Not in the application's name: with the handshake not confirmed and a probe due in it, quiche 0.29.3 acknowledges
     * without end in front of a CONNECTION_CLOSE of the application, and never comes back.
     */
    void kill() {
        if (!gone) {
            quic.close(false, QuicFailure.NO_ERROR, Unpooled.EMPTY_BUFFER);
        }
    }
}
