package io.sluicemq.durable.core;

/** Reason codes of MQTT 5.0, section 2.4, as far as they are used here. */
final class Reasons {
    static final int SUCCESS = 0;
    static final int NO_SUBSCRIPTION_EXISTED = 0x11;

    /** From here on they are errors. */
    static final int REFUSED_FROM = 0x80;

    static final int MALFORMED = 0x81;
    static final int PROTOCOL_ERROR = 0x82;
    static final int IMPLEMENTATION_ERROR = 0x83;
    static final int NAME_NOT_VALID = 0x85;
    static final int SERVER_SHUTTING_DOWN = 0x8b;
    static final int TAKEN_OVER = 0x8e;
    static final int FILTER_INVALID = 0x8f;
    static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
    static final int PACKET_TOO_LARGE = 0x95;
    static final int QUOTA_EXCEEDED = 0x97;
    static final int ADMINISTRATIVE_ACTION = 0x98;
    static final int SHARED_NOT_SUPPORTED = 0x9e;

    private Reasons() {}
}
