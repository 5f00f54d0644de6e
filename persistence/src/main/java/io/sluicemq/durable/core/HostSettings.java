package io.sluicemq.durable.core;

import java.util.function.LongSupplier;

/**
 * What is another one only in tests.
 *
 * @param clock of the day, in ms.
 * @param maxStalledBytes that all sessions together keep of messages that could not be sent yet; others are read from the log again.
 */
record HostSettings(LongSupplier clock, long maxStalledBytes) {
    static final HostSettings DEFAULTS = new HostSettings(System::currentTimeMillis, 64L << 20);
}
