package io.sluicemq.durable;

/** How hard a message is tried to be delivered, as in MQTT 5.0 section 4.3. */
public enum QualityOfService {
    /** QoS 0: to who is connected now and has room; not stored. */
    AT_MOST_ONCE,

    /** QoS 1: stored until it is processed; may come again after a broken connection or a crash, and is marked then. */
    AT_LEAST_ONCE,

    /** QoS 2: stored until it is in the subscriber's inbox, where it comes once. */
    EXACTLY_ONCE
}
