package io.sluicemq.transport.ipc;

import io.sluicemq.transport.BufferPool;
import io.sluicemq.transport.MessageHandler;
import io.sluicemq.transport.MessageKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Both sides of a ring in private memory, and what they told. */
final class RingPair implements MessageHandler {
    static final int RING_BYTES = 4096;
    static final int MAX_BODY_BYTES = RING_BYTES / 8;
    static final int TAG = 5;

    final BufferPool pool = new BufferPool(1 << 20);
    final UnsafeBuffer memory;
    final UnsafeBuffer control;
    final UnsafeBuffer records;
    final ShmWriter writer;
    final ShmReader reader;
    final List<String> received = new ArrayList<>();
    final List<String> writerBroken = new ArrayList<>();
    final List<String> readerBroken = new ArrayList<>();
    ReadFault readerFault;
    int readerWoken;
    int writerWoken;
    int told;
    int done;
    long conflated;
    boolean refusing;
    private UnsafeBuffer large;
    private int largeKind;

    RingPair() {
        this(0);
    }

    RingPair(final int maxMessages) {
        this(maxMessages, new ReadLimits(TAG, maxMessages, -1, 100));
    }

    RingPair(final int maxMessages, final ReadLimits limits) {
        memory = memory(RING_BYTES);
        control = new UnsafeBuffer(memory, 0, ShmLayout.CONTROL_BYTES);
        records = new UnsafeBuffer(memory, ShmLayout.CONTROL_BYTES, RING_BYTES);
        writer = new ShmWriter(memory, maxMessages, false, () -> readerWoken++, writerBroken::add);
        reader = new ShmReader(memory, limits, pool, new Told());
    }

    static UnsafeBuffer memory(final int ringBytes) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(ShmLayout.CONTROL_BYTES + ringBytes, 128));
    }

    private final class Told implements ShmReader.Owner {
        @Override
        public void wakeWriter() {
            writerWoken++;
        }

        @Override
        public void onConflated(final long messages) {
            conflated += messages;
        }

        @Override
        public void onBroken(final ReadFault fault) {
            readerBroken.add(fault.text());
            readerFault = fault;
        }

        @Override
        public void onDone() {
            done++;
        }
    }

    static UnsafeBuffer bytes(final int length, final int seed) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            bytes.put((byte) (seed + 31 * i));
        }
        return new UnsafeBuffer(bytes.array());
    }

    /** A reader of another ring that tells and delivers here. */
    ShmReader readerOf(final UnsafeBuffer otherMemory) {
        return new ShmReader(otherMemory, new ReadLimits(TAG, 0, -1, 100), pool, new Told());
    }

    int offer(final int length) {
        return writer.offer(null, MessageKind.SINGLE, bytes(length, length), 0, length);
    }

    boolean offerLarge(final int length) {
        return writer.offerLarge(MessageKind.SINGLE, bytes(length, length), 0, length);
    }

    /** Goes on with the large message that is partly written, or begins this one. */
    void goOnWithLarge(final int kind, final UnsafeBuffer message) {
        if (large == null) {
            large = message;
            largeKind = kind;
        }
        if (writer.offerLarge(largeKind, large, 0, large.capacity())) {
            large = null;
        }
    }

    int poll() {
        return poll(1000);
    }

    int poll(final int limit) {
        return reader.poll(this, limit);
    }

    void listen() {
        reader.listener(ring -> told++);
    }

    @Override
    public boolean onMessage(
            final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        if (refusing) {
            return false;
        }
        received.add(text(tag, kind, buffer, offset, length));
        return true;
    }

    /** What {@link #onMessage} records of a message that was offered here. */
    static String sent(final int length) {
        return text(TAG, MessageKind.SINGLE, bytes(length, length), 0, length);
    }

    static String text(final int tag, final int kind, final DirectBuffer buffer, final int offset, final int length) {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + buffer.getByte(offset + i);
        }
        return tag + "/" + kind + "/" + length + "/" + hash;
    }
}
