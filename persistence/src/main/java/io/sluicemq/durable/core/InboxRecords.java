package io.sluicemq.durable.core;

import java.util.UUID;

/**
 * Records in a subscriber's journal. Their first byte is their kind, which is also the lower byte of the journal's type; behind it
 * stand fields as on the wire.
 */
final class InboxRecords {
    /** A host: u32 number, 16 bytes id. */
    static final int PRODUCER = 1;

    /** A message of QoS 2, as it came. The type's upper bytes are the host's number, so that the message is copied once. */
    static final int MESSAGE = WireType.DELIVER;

    /** An acknowledgement: u8 QoS, u32 host, i64 index, i64 all of QoS 1 were processed up to here before. */
    static final int ACKED = 2;

    /** An acknowledgement with the application's result: as ACKED, then the result to the end. Of QoS 0 nothing is acknowledged. */
    static final int RESULT = 6;

    /** A subscription: i64 revision, u8 1 if it ended, u8 options, u32 its number, string filter. */
    static final int SUBSCRIPTION = 3;

    /** In checkpoints, one or more of a host: u32 host, i64 stored up to, then as PROCESSED. */
    static final int PROGRESS = 4;

    /** In checkpoints: u32 host, u32 count, for each message of QoS 2 that is not processed i64 index, i64 index in this journal. */
    static final int UNPROCESSED = 5;

    /** In checkpoints: i64 index of the last result. */
    static final int LAST_RESULT = 8;

    /** What is known of a host's will: u32 host, i64 last that was delivered, u8 1 if there is one now, then i64 when due, the will. */
    static final int WILL = 9;

    /** A will that was delivered, as a DELIVER, so that its first byte is that of a MESSAGE; the host has no will then. */
    static final int WILL_MESSAGE = 10;

    /** A host that was removed for good, with all that the inbox had of it: u32 its number, which nobody else gets. */
    static final int FORGOTTEN = 11;

    /** A clean start: no message before it is to be processed any more, no subscription holds. */
    static final int CLEAN_START = 12;

    /**
     * The first record, and the first of a checkpoint: string name of the session. A type that no record of a host has, so that neither
     * takes the other's journal for its own.
     */
    static final int OWNER = 64;

    /** Of RESULT, before the result. */
    static final int RESULT_HEADER_BYTES = 22;

    static final int MAX_PRODUCERS = 1 << 16;

    private static final int KIND_MASK = 0xff;
    private static final int NUMBER_SHIFT = 8;

    private InboxRecords() {}

    static int kind(final int type) {
        return type & KIND_MASK;
    }

    static int producer(final int type) {
        return type >>> NUMBER_SHIFT;
    }

    static int messageType(final int producer) {
        return producer << NUMBER_SHIFT | MESSAGE;
    }

    /** Whether it is for the application. */
    static boolean isMessage(final int type) {
        final int kind = kind(type);
        return kind == MESSAGE || kind == WILL_MESSAGE;
    }

    static int willMessageType(final int producer) {
        return producer << NUMBER_SHIFT | WILL_MESSAGE;
    }

    static void encodeWill(final WireOutput output, final ProducerState producer) {
        final WitnessedWill will = producer.will();
        output.begin(WILL).u32(producer.number()).i64(producer.lastWill()).u8(will == null ? 0 : 1);
        if (will != null) {
            output.i64(will.deliverAtEpochMs());
            will.will().encode(output);
        }
    }

    static void encodeProducer(final WireOutput output, final int number, final UUID id) {
        output.begin(PRODUCER).u32(number).i64(id.getMostSignificantBits()).i64(id.getLeastSignificantBits());
    }

    /** The fields of an ACKED or RESULT; a producer of null has the number 0. */
    static void encodeAcked(
            final WireOutput output, final int kind, final int qos, final ProducerState producer, final long index) {
        output.begin(kind)
                .u8(qos)
                .u32(producer == null ? 0 : producer.number())
                .i64(index)
                .i64(producer == null ? 0 : producer.progress().processedUpTo());
    }

    static void encodeSubscription(final WireOutput output, final BookEntry entry) {
        output.begin(SUBSCRIPTION)
                .i64(entry.revision())
                .u8(entry.isRemoved() ? 1 : 0)
                .u8(entry.options())
                .u32(entry.subscriptionId())
                .string(entry.filter());
    }
}
