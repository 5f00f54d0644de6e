package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.FrameHandler;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SendResult;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Sends and receives without an allocation for each message. */
public final class ZeroAllocation {
    private static final int MESSAGES = 100_000;

    private ZeroAllocation() {}

    /** Carries numbers from one thread to another, and adds them up there. */
    public static void main(final String[] args) throws InterruptedException {
        try (Context context = Context.create();
                PullSocket pull = context.pull();
                PushSocket push = context.push()) {
            push.connect(pull.bind("tcp://127.0.0.1:0"));
            final Thread sender = new Thread(() -> sendNumbers(push, MESSAGES), "sender");
            sender.start();
            System.out.println("sum: " + sumOf(pull, MESSAGES));
            sender.join();
        }
    }

    // tag::send[]
    static void sendNumbers(final PushSocket push, final int count) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[Long.BYTES]);
        for (int i = 0; i < count; i++) {
            buffer.putLong(0, i);
            SendResult result = push.trySend(buffer, 0, Long.BYTES);
            while (result == SendResult.BACK_PRESSURED || result == SendResult.NOT_CONNECTED) {
                Thread.onSpinWait();
                result = push.trySend(buffer, 0, Long.BYTES);
            }
        }
    }
    // end::send[]

    // tag::receive[]
    static long sumOf(final PullSocket pull, final int count) throws InterruptedException {
        final Sum sum = new Sum();
        int received = 0;
        while (received < count) {
            final int taken = pull.receive(sum, Math.min(256, count - received));
            if (taken == Receiver.CLOSED) {
                break;
            }
            received += taken;
        }
        return sum.value;
    }

    private static final class Sum implements FrameHandler {
        private long value;

        @Override
        public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
            value += buffer.getLong(offset); // the buffer is the library's again when this returns
        }
    }
    // end::receive[]
}
