package io.sluicemq.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A count that one thread raises at each message and another looks at, on a cache line of its own. */
@SuppressWarnings("unused")
final class ReleasedCount {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(ReleasedCount.class, "value", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
    private long value;
    private long q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    /** Owner: one more, released after what it stands for. */
    void increment() {
        VALUE.setRelease(this, value + 1);
    }

    /** Any thread. */
    long get() {
        return (long) VALUE.getAcquire(this);
    }
}
