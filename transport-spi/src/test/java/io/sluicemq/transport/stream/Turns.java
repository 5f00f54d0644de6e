package io.sluicemq.transport.stream;

/** What an agent does for a pipe, without a selector. */
final class Turns {
    /** Enough for whatever a test has sent to be dealt with. */
    private static final int TURNS = 20;

    private Turns() {}

    static void give(
            final StreamPipe pipe, final MemoryChannel channel, final StreamGroup group, final FakeContext context) {
        for (int i = 0; i < TURNS; i++) {
            final int ops = channel.readyOps();
            if (ops != 0) {
                pipe.onReady(ops);
            }
            group.poll();
            context.runTimers();
        }
    }
}
