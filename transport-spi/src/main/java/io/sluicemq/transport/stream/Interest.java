package io.sluicemq.transport.stream;

/** Tells a channel which of its events are wanted, when that changes. Agent. */
final class Interest {
    private final StreamChannel channel;
    private int told = -1;

    Interest(final StreamChannel channel) {
        this.channel = channel;
    }

    void update(final int ops) {
        if (told != ops) {
            told = ops;
            channel.interest(ops);
        }
    }
}
