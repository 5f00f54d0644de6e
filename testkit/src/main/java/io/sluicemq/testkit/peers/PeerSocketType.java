package io.sluicemq.testkit.peers;

/** Socket types that every {@link ZmqPeer} can open. The names are ZMTP's. */
public enum PeerSocketType {
    /** Exclusive pair. */
    PAIR,
    /** Publisher. */
    PUB,
    /** Subscriber. */
    SUB,
    /** Requester in lock step. */
    REQ,
    /** Replier in lock step. */
    REP,
    /** Asynchronous requester. */
    DEALER,
    /** Asynchronous replier that addresses peers by routing id. */
    ROUTER,
    /** Pipeline sink. */
    PULL,
    /** Pipeline source. */
    PUSH,
    /** Publisher that sees subscriptions as messages. */
    XPUB,
    /** Subscriber that sends subscriptions as messages. */
    XSUB
}
