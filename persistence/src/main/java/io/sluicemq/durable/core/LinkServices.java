package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.Poller;
import io.sluicemq.durable.DurableSubscriberOptions;
import java.util.function.LongSupplier;

/**
 * What all connections of a subscriber share.
 *
 * @param context makes the sockets.
 * @param options of the subscriber.
 * @param poller of the subscriber's thread.
 * @param inbox for QoS 2.
 * @param handOver for QoS 0 and 1.
 * @param wills of the hosts.
 * @param counters of the subscriber.
 * @param epochMs the clock for what outlives a process, in ms since 1970.
 * @param wake lets the subscriber's thread look again; any thread.
 */
record LinkServices(
        Context context,
        DurableSubscriberOptions options,
        Poller poller,
        Inbox inbox,
        HandOver handOver,
        Wills wills,
        SubscriberCounters counters,
        LongSupplier epochMs,
        Runnable wake) {}
