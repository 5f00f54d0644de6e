package io.sluicemq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Holds {@link ZeroAllocation} to its name. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AllocationTest {
    private static final int WARM_UP = 50_000;
    private static final int MESSAGES = 200_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final AtomicLong sendAllocated = new AtomicLong();

    @Test
    void shouldAllocateNothingPerMessage() throws Exception {
        try (Context context = Context.create();
                PullSocket pull = context.pull();
                PushSocket push = context.push()) {
            push.connect(pull.bind("tcp://127.0.0.1:0"));
            final Thread sender = new Thread(() -> {
                ZeroAllocation.sendNumbers(push, WARM_UP);
                final long before = threads.getCurrentThreadAllocatedBytes();
                ZeroAllocation.sendNumbers(push, MESSAGES);
                sendAllocated.set(threads.getCurrentThreadAllocatedBytes() - before);
            });
            sender.start();
            ZeroAllocation.sumOf(pull, WARM_UP);

            final long before = threads.getCurrentThreadAllocatedBytes();
            ZeroAllocation.sumOf(pull, MESSAGES);
            final long receiveAllocated = threads.getCurrentThreadAllocatedBytes() - before;
            sender.join();

            // What there is comes from a call's own objects and from parking, not from messages.
            assertThat(sendAllocated.get()).isLessThan(MESSAGES);
            assertThat(receiveAllocated).isLessThan(MESSAGES);
            System.out.println("allocated for " + MESSAGES + " messages: sender " + sendAllocated.get()
                    + " B, receiver " + receiveAllocated + " B");
        }
    }
}
