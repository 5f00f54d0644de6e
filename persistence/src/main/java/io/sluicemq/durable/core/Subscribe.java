package io.sluicemq.durable.core;

/**
 * A wish for messages, MQTT 5.0 3.8.
 *
 * @param request number that the answer names.
 * @param qos the most that is wanted.
 * @param noLocal not what a client of the subscriber's own name publishes.
 * @param retainAsPublished whether the retain mark stays on live messages.
 * @param retainHandling 0: retained messages at each subscribe, 1: only if the subscription is new, 2: never.
 * @param subscriptionId comes with each delivery, 0 for none.
 * @param filter topic filter, perhaps shared.
 */
record Subscribe(
        int request,
        int qos,
        boolean noLocal,
        boolean retainAsPublished,
        int retainHandling,
        int subscriptionId,
        String filter) {
    /** For {@link #retainHandling()}. */
    static final int RETAIN_IF_NEW = 1;

    private static final int QOS_MASK = 3;
    private static final int NO_LOCAL = 4;
    private static final int RETAIN_AS_PUBLISHED = 8;
    private static final int RETAIN_HANDLING_SHIFT = 4;
    private static final int RETAIN_HANDLING_MASK = 3;
    private static final int MAX_SUBSCRIPTION_ID = 268_435_455;

    int options() {
        return qos
                | (noLocal ? NO_LOCAL : 0)
                | (retainAsPublished ? RETAIN_AS_PUBLISHED : 0)
                | retainHandling << RETAIN_HANDLING_SHIFT;
    }

    void encode(final WireOutput output) {
        output.begin(WireType.SUBSCRIBE)
                .u32(request)
                .u8(options())
                .u32(subscriptionId)
                .string(filter);
    }

    static Subscribe decode(final WireInput input) {
        final int request = input.i32("request");
        final int options = input.u8("options");
        final int subscriptionId = input.count("subscriptionId", MAX_SUBSCRIPTION_ID);
        final Subscribe subscribe = of(request, options, subscriptionId, input.string("filter"));
        input.end("SUBSCRIBE");
        return subscribe;
    }

    /** From the byte of {@link #options()}, as it also stands in the journal. */
    static Subscribe of(final int request, final int options, final int subscriptionId, final String filter) {
        final int retainHandling = options >> RETAIN_HANDLING_SHIFT;
        if (retainHandling > 2) {
            throw new WireException("retainHandling=" + retainHandling + ", limit=0..2");
        }
        return new Subscribe(
                request,
                Qos.check(options & QOS_MASK),
                (options & NO_LOCAL) != 0,
                (options & RETAIN_AS_PUBLISHED) != 0,
                retainHandling & RETAIN_HANDLING_MASK,
                subscriptionId,
                filter);
    }
}
