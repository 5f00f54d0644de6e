package io.sluicemq.core;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Short ways to bytes, and a meter of allocation. */
final class TestBytes {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private TestBytes() {}

    static DirectBuffer buffer(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Few different bytes, high ones among them, so that prefixes meet, split and join. */
    static String randomText(final Random random, final int maxLength) {
        final int length = random.nextInt(maxLength + 1);
        final StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append("ab\u0000\u00ff".charAt(random.nextInt(4)));
        }
        return text.toString();
    }

    /** Bytes that this thread allocates in a warm run of the action. */
    static long allocatedBytes(final Runnable action) {
        final long threadId = Thread.currentThread().getId();
        action.run();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            final long before = THREADS.getThreadAllocatedBytes(threadId);
            action.run();
            least = Math.min(least, THREADS.getThreadAllocatedBytes(threadId) - before);
        }
        return least;
    }
}
