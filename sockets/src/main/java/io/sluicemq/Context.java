package io.sluicemq;

import io.sluicemq.core.ContextCore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes sockets, and owns what they share: the I/O agents, the names of {@code inproc}, buffers and counters. One a process is
 * usual. Any thread may call any method.
 */
public final class Context implements AutoCloseable {
    private final ContextCore core;

    private Context(final ContextOptions options) {
        core = new ContextCore(options);
    }

    /**
     * Makes a context with one I/O thread.
     *
     * @return a new context, to be closed.
     * @throws IllegalStateException when the JVM lacks a flag; the text says which to add.
     */
    public static Context create() {
        return create(ContextOptions.DEFAULTS);
    }

    /**
     * Makes a context.
     *
     * @param options of the context.
     * @return a new context, to be closed.
     * @throws IllegalStateException when the JVM lacks a flag; the text says which to add.
     */
    public static Context create(final ContextOptions options) {
        return new Context(options);
    }

    /**
     * Makes a PUSH socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public PushSocket push() {
        return push(SocketOptions.DEFAULTS);
    }

    /**
     * Makes a PUSH socket.
     *
     * @param options that all types have.
     * @return a new socket, to be closed.
     */
    public PushSocket push(final SocketOptions options) {
        return new PushSocket(core, options);
    }

    /**
     * Makes a PULL socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public PullSocket pull() {
        return pull(SocketOptions.DEFAULTS);
    }

    /**
     * Makes a PULL socket.
     *
     * @param options that all types have.
     * @return a new socket, to be closed.
     */
    public PullSocket pull(final SocketOptions options) {
        return new PullSocket(core, options);
    }

    /**
     * Makes a PUB socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public PubSocket pub() {
        return pub(SocketOptions.DEFAULTS, PublisherOptions.DEFAULTS);
    }

    /**
     * Makes a PUB socket.
     *
     * @param options that all types have.
     * @param publisherOptions of the type.
     * @return a new socket, to be closed.
     */
    public PubSocket pub(final SocketOptions options, final PublisherOptions publisherOptions) {
        return new PubSocket(core, options, publisherOptions);
    }

    /**
     * Makes a SUB socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public SubSocket sub() {
        return sub(SocketOptions.DEFAULTS, SubscriberOptions.DEFAULTS);
    }

    /**
     * Makes a SUB socket.
     *
     * @param options that all types have.
     * @param subscriberOptions of the type.
     * @return a new socket, to be closed.
     */
    public SubSocket sub(final SocketOptions options, final SubscriberOptions subscriberOptions) {
        return new SubSocket(core, options, subscriberOptions);
    }

    /**
     * Makes a XPUB socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public XPubSocket xpub() {
        return xpub(SocketOptions.DEFAULTS, PublisherOptions.DEFAULTS);
    }

    /**
     * Makes an XPUB socket.
     *
     * @param options that all types have.
     * @param publisherOptions of the type.
     * @return a new socket, to be closed.
     */
    public XPubSocket xpub(final SocketOptions options, final PublisherOptions publisherOptions) {
        return new XPubSocket(core, options, publisherOptions);
    }

    /**
     * Makes a XSUB socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public XSubSocket xsub() {
        return xsub(SocketOptions.DEFAULTS, SubscriberOptions.DEFAULTS);
    }

    /**
     * Makes an XSUB socket.
     *
     * @param options that all types have.
     * @param subscriberOptions of the type.
     * @return a new socket, to be closed.
     */
    public XSubSocket xsub(final SocketOptions options, final SubscriberOptions subscriberOptions) {
        return new XSubSocket(core, options, subscriberOptions);
    }

    /**
     * Makes a REQ socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public ReqSocket req() {
        return req(SocketOptions.DEFAULTS, ReqOptions.DEFAULTS);
    }

    /**
     * Makes a REQ socket.
     *
     * @param options that all types have.
     * @param reqOptions of the type.
     * @return a new socket, to be closed.
     */
    public ReqSocket req(final SocketOptions options, final ReqOptions reqOptions) {
        return new ReqSocket(core, options, reqOptions);
    }

    /**
     * Makes a REP socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public RepSocket rep() {
        return rep(SocketOptions.DEFAULTS);
    }

    /**
     * Makes a REP socket.
     *
     * @param options that all types have.
     * @return a new socket, to be closed.
     */
    public RepSocket rep(final SocketOptions options) {
        return new RepSocket(core, options);
    }

    /**
     * Makes a DEALER socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public DealerSocket dealer() {
        return dealer(SocketOptions.DEFAULTS, DealerOptions.DEFAULTS);
    }

    /**
     * Makes a DEALER socket.
     *
     * @param options that all types have.
     * @param dealerOptions of the type.
     * @return a new socket, to be closed.
     */
    public DealerSocket dealer(final SocketOptions options, final DealerOptions dealerOptions) {
        return new DealerSocket(core, options, dealerOptions);
    }

    /**
     * Makes a ROUTER socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public RouterSocket router() {
        return router(SocketOptions.DEFAULTS, RouterOptions.DEFAULTS);
    }

    /**
     * Makes a ROUTER socket.
     *
     * @param options that all types have.
     * @param routerOptions of the type.
     * @return a new socket, to be closed.
     */
    public RouterSocket router(final SocketOptions options, final RouterOptions routerOptions) {
        return new RouterSocket(core, options, routerOptions);
    }

    /**
     * Makes a PAIR socket with all defaults.
     *
     * @return a new socket, to be closed.
     */
    public PairSocket pair() {
        return pair(SocketOptions.DEFAULTS);
    }

    /**
     * Makes a PAIR socket.
     *
     * @param options that all types have.
     * @return a new socket, to be closed.
     */
    public PairSocket pair(final SocketOptions options) {
        return new PairSocket(core, options);
    }
    /**
     * With {@link ContextOptions.Builder#invoked}: does one turn of I/O on the caller's thread, without waiting.
     *
     * @return amount of work done, 0 when there was none.
     */
    public int invoke() {
        return core.invoke();
    }

    /**
     * The file in which other processes can read the counters.
     *
     * @return its path; empty when it could not be made.
     */
    public Optional<Path> statFile() {
        return core.statFile();
    }

    /**
     * Closes all sockets and then the context, within a time, to which dropping what is left may add a moment. A callback of the
     * application that does not return, be it of a {@link SocketListener} or a {@link FrameHandler}, does not hold the close up: it
     * returns at most 600 ms after the linger time. An I/O thread that is in such a callback is left behind, which is logged; it is
     * interrupted, and ends, with the connections that it holds, when the callback returns. What its sockets still hold counts as
     * left behind. With {@link ContextOptions.Builder#invoked} this thread may itself do the I/O, and then waits for the callbacks
     * that it runs.
     *
     * @param linger how long messages may take to leave, over all sockets.
     * @return messages left behind, dropped and counted.
     * @throws IllegalStateException when called from a callback on an I/O agent or in a receive handler, whose end it would wait for.
     */
    public long close(final Duration linger) {
        return core.close(linger);
    }

    /** Closes within {@link SocketOptions#DEFAULT_LINGER}. */
    @Override
    public void close() {
        core.close(SocketOptions.DEFAULT_LINGER);
    }
}
