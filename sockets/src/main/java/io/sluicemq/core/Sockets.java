package io.sluicemq.core;

import io.sluicemq.RouterOptions;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.SocketType;

/** Puts each socket type together from its policies. Any thread. */
public final class Sockets {
    private Sockets() {}

    /**
     * Makes a PUSH.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @return the socket.
     */
    public static SocketCore push(final ContextCore context, final SocketOptions options) {
        final RoundRobin turn = new RoundRobin(options.immediate());
        return context.open(SocketType.PUSH, new Pattern(options, turn, new Deaf(), turn));
    }

    /**
     * Makes a PULL.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @return the socket.
     */
    public static SocketCore pull(final ContextCore context, final SocketOptions options) {
        final FairQueue queue = new FairQueue();
        return context.open(SocketType.PULL, new Pattern(options, new Mute(), queue, queue));
    }

    /**
     * Makes a PUB.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param fanOut its sending half.
     * @return the socket.
     */
    public static SocketCore pub(final ContextCore context, final SocketOptions options, final FanOut fanOut) {
        return context.open(SocketType.PUB, new Pattern(options, fanOut, new Deaf(), fanOut));
    }

    /**
     * Makes an XPUB.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param fanOut its sending half.
     * @param feed its receiving half.
     * @return the socket.
     */
    public static SocketCore xpub(
            final ContextCore context, final SocketOptions options, final FanOut fanOut, final SubscriptionFeed feed) {
        return context.open(SocketType.XPUB, new Pattern(options, fanOut, feed, fanOut));
    }

    /**
     * Makes a SUB.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param subscriptions its receiving half.
     * @return the socket.
     */
    public static SocketCore sub(
            final ContextCore context, final SocketOptions options, final Subscriptions subscriptions) {
        return context.open(SocketType.SUB, new Pattern(options, new Mute(), subscriptions, subscriptions));
    }

    /**
     * Makes an XSUB.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param subscriptions both its halves.
     * @return the socket.
     */
    public static SocketCore xsub(
            final ContextCore context, final SocketOptions options, final Subscriptions subscriptions) {
        return context.open(SocketType.XSUB, new Pattern(options, subscriptions, subscriptions, subscriptions));
    }

    /**
     * Makes a DEALER.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param probe whether new peers get an empty message.
     * @return the socket.
     */
    public static SocketCore dealer(final ContextCore context, final SocketOptions options, final boolean probe) {
        final RoundRobin turn = new RoundRobin(options.immediate());
        final PipeObserver observer = probe ? new Probing(turn) : turn;
        return context.open(SocketType.DEALER, new Pattern(options, turn, new FairQueue(), observer));
    }

    /**
     * Makes a ROUTER.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param routerOptions of the type.
     * @return the socket.
     */
    public static SocketCore router(
            final ContextCore context, final SocketOptions options, final RouterOptions routerOptions) {
        final Router router = new Router(routerOptions);
        return context.open(SocketType.ROUTER, new Pattern(options, router, router, router));
    }

    /**
     * Makes a REQ.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param requester both its halves.
     * @return the socket.
     */
    public static SocketCore req(final ContextCore context, final SocketOptions options, final Requester requester) {
        return context.open(SocketType.REQ, new Pattern(options, requester, requester, requester));
    }

    /**
     * Makes a REP.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @param replier both its halves.
     * @return the socket.
     */
    public static SocketCore rep(final ContextCore context, final SocketOptions options, final Replier replier) {
        return context.open(SocketType.REP, new Pattern(options, replier, replier, replier));
    }

    /**
     * Makes a PAIR.
     *
     * @param context it belongs to.
     * @param options of the socket.
     * @return the socket.
     */
    public static SocketCore pair(final ContextCore context, final SocketOptions options) {
        final Exclusive exclusive = new Exclusive(options.immediate());
        return context.open(SocketType.PAIR, new Pattern(options, exclusive, new FairQueue(), exclusive));
    }
}
