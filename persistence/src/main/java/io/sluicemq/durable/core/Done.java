package io.sluicemq.durable.core;

/**
 * Answer to a subscribe or unsubscribe, sent when it is durable.
 *
 * @param request that it answers.
 * @param reason code of MQTT 5.0: the QoS that was granted, or from 0x80 on why not.
 * @param text for people.
 */
record Done(int request, int reason, String text) {
    void encode(final WireOutput output) {
        output.begin(WireType.DONE).u32(request).u8(reason).text(text);
    }

    static Done decode(final WireInput input) {
        final Done done = new Done(input.i32("request"), input.u8("reason"), input.string("text"));
        input.end("DONE");
        return done;
    }
}
