package io.sluicemq.transport.ipc;

import org.agrona.BitUtil;

/**
 * Where what lies in a file of two rings, shared by two processes: a page that describes it, then for each direction a page
 * of words and the records. Numbers are in the byte order of the machine.
 *
 * <pre>
 *   0        magic, byte order, version, ring sizes                (only read and written as a file)
 *   4096     words of direction 0    claimed | released | armed | wanted, 256 bytes apart
 *   8192     records of direction 0
 *   ...      words of direction 1, records of direction 1
 *
 *   record   length with this header, 4 bytes | type, 4 bytes | body, up to the next multiple of 8
 * </pre>
 *
 * <p>A record is there once its header is not 0. It never goes across the end: padding fills what is left there.
 */
final class ShmLayout {
    /** The page that describes the file. */
    static final int FILE_HEADER_BYTES = 4096;

    /** The page of words before the records of a ring. */
    static final int CONTROL_BYTES = 4096;

    static final int MIN_RING_BYTES = 4 * 1024;
    static final int MAX_RING_BYTES = 1 << 30;

    /** Written by the writer: messages claimed since the start, one whose record is not complete included. */
    static final int CLAIMED = 128;

    /** Written by the reader, with release: the position, in bytes since the start, before which all room is free again. */
    static final int RELEASED_POSITION = 384;

    /** On the same line, as both are written and read together: messages that were taken since the start. */
    static final int RELEASED_MESSAGES = RELEASED_POSITION + Long.BYTES;

    /** An int: 0 while the reader sleeps and must be woken; set to 1 by whoever wakes it, once. */
    static final int ARMED = 640;

    /** An int: 1 while the writer waits for room; set by the writer, cleared by the reader, who then wakes it. */
    static final int WANTED = 896;

    /** Written by the writer before {@link #WANTED}: how far the reader shall have come before it wakes the writer. */
    static final int WANTED_POSITION = WANTED + Long.BYTES;

    static final int WANTED_MESSAGES = WANTED_POSITION + Long.BYTES;

    /** Records start at multiples of this, and their header is as long. */
    static final int UNIT_BYTES = Long.BYTES;

    static final int RECORD_HEADER_BYTES = Long.BYTES;

    /** Type of a record that fills the memory up to its end; it is no message. Types of messages are their kinds. */
    static final int PADDING = -1;

    /** In a type, beside the kind of the message: the record is a part of one that is too large for a record. */
    static final int FRAGMENT = 4;

    /** Beside {@link #FRAGMENT}: the first part. */
    static final int FIRST = 8;

    /** Beside {@link #FRAGMENT}: the last part. */
    static final int LAST = 16;

    private static final int MAX_RECORD_FRACTION = 8;

    private ShmLayout() {}

    /** The longest body of a record, so that a few large ones do not fill the ring. */
    static int maxBodyBytes(final int ringBytes) {
        return ringBytes / MAX_RECORD_FRACTION;
    }

    static int alignedBytes(final int recordBytes) {
        return BitUtil.align(recordBytes, UNIT_BYTES);
    }

    static long header(final int type, final int recordBytes) {
        return (long) type << Integer.SIZE | recordBytes;
    }

    static int recordBytes(final long header) {
        return (int) header;
    }

    static int type(final long header) {
        return (int) (header >>> Integer.SIZE);
    }

    static boolean isRingSize(final int ringBytes) {
        return ringBytes >= MIN_RING_BYTES && ringBytes <= MAX_RING_BYTES && Integer.bitCount(ringBytes) == 1;
    }

    /** Checks a piece of memory that holds the words and the records of one ring, and says how large the ring is. */
    static int ringBytes(final int memoryBytes) {
        final int ringBytes = memoryBytes - CONTROL_BYTES;
        if (!isRingSize(ringBytes)) {
            throw new IllegalArgumentException("ringBytes=" + ringBytes + ", limit=" + MIN_RING_BYTES + ".."
                    + MAX_RING_BYTES + ", use a power of two");
        }
        return ringBytes;
    }
}
