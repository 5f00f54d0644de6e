package io.sluicemq.durable.core;

/** First byte of each message between a host and a subscriber. See docs/wire-durable.md. */
final class WireType {
    /** Of everything below; the other side refuses another one. */
    static final int VERSION = 1;

    static final int HELLO = 1;
    static final int WELCOME = 2;
    static final int RESUME = 3;
    static final int SUBSCRIBE = 4;
    static final int UNSUBSCRIBE = 5;
    static final int DONE = 6;
    static final int DELIVER = 7;
    static final int STORED = 8;
    static final int PROCESSED = 9;
    static final int GOODBYE = 10;
    static final int REPLAY = 11;
    static final int CREDIT = 12;
    static final int REPLAYED = 13;
    static final int REPLAY_END = 14;

    private WireType() {}
}
