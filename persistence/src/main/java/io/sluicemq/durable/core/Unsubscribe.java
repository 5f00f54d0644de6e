package io.sluicemq.durable.core;

/**
 * The end of a subscription, by its exact filter.
 *
 * @param request number that the answer names.
 * @param filter as it was subscribed.
 */
record Unsubscribe(int request, String filter) {
    void encode(final WireOutput output) {
        output.begin(WireType.UNSUBSCRIBE).u32(request).string(filter);
    }

    static Unsubscribe decode(final WireInput input) {
        final Unsubscribe unsubscribe = new Unsubscribe(input.i32("request"), input.string("filter"));
        input.end("UNSUBSCRIBE");
        return unsubscribe;
    }
}
