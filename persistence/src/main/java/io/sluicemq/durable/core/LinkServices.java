package io.sluicemq.durable.core;

import io.sluicemq.Context;
import io.sluicemq.Poller;
import io.sluicemq.durable.DurableSubscriberOptions;

/**
 * What all connections of a subscriber share.
 *
 * @param context makes the sockets.
 * @param options of the subscriber.
 * @param poller of the subscriber's thread.
 * @param inbox for QoS 2.
 * @param handOver for QoS 0 and 1.
 * @param counters of the subscriber.
 * @param wake lets the subscriber's thread look again; any thread.
 */
record LinkServices(
        Context context,
        DurableSubscriberOptions options,
        Poller poller,
        Inbox inbox,
        HandOver handOver,
        SubscriberCounters counters,
        Runnable wake) {}
