package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * Where the client of one connection is: the address by which QUIC knows it, which stays, and the one to which it has moved since. Agent.
 */
final class PeerPath {
    /** A client that retires ids gets new ones; two of them are in use at a time. */
    static final int MAX_IDS = 4;

    /** Shorter ids of a client's do not tell it from others behind one address. */
    private static final int MIN_CLIENT_ID_BYTES = 4;

    /** What came from an address that is not shown to be the peer's may be answered so many times over (RFC 9000, 8.1). */
    private static final int AMPLIFICATION = 3;

    /** After so long without a datagram an address makes room for another one. */
    private static final long CANDIDATE_NS = 100_000_000L;

    /** Beyond this only a part of the datagrams from a new address are answered by a question. */
    private static final long ASK_INTERVAL_NS = 1_000_000L;

    private static final int LONG_HEADER = 0x80;
    private static final int LONG_ID_LENGTH_AT = 5;

    private final InetSocketAddress known;
    private final byte[] clientId;
    private final byte[] key;
    private final long[] ids = new long[MAX_IDS];
    private int idCount;
    private int oldest;
    private long firstId;
    private long usedId;
    private Runnable heard = () -> {};
    private InetSocketAddress current;
    private long movedNs;

    private InetSocketAddress candidate;
    private long candidateHeardNs;
    private long askedNs;
    private long askedOthersNs;
    private long budgetBytes;

    /**
     * Makes the path of a client that has not moved.
     *
     * @param known address from which its first datagram came.
     * @param clientId its connection id, which is in all datagrams to it.
     * @param key of this connection's path checks.
     * @param nowNs the time.
     */
    PeerPath(final InetSocketAddress known, final byte[] clientId, final byte[] key, final long nowNs) {
        this.known = known;
        this.clientId = clientId;
        this.key = key;
        this.current = known;
        this.movedNs = nowNs - 1;
        this.askedOthersNs = nowNs - ASK_INTERVAL_NS;
    }

    /** By which QUIC knows the client. */
    InetSocketAddress known() {
        return known;
    }

    /** Where the client is. */
    InetSocketAddress current() {
        return current;
    }

    byte[] key() {
        return key;
    }

    /** When the client has last shown to be somewhere else. */
    long movedNs() {
        return movedNs;
    }

    @SuppressWarnings("ReferenceEquality") // set to the same one when the client is there
    boolean hasMoved() {
        return current != known;
    }

    /** Whether some of what goes to the known address is to go elsewhere. */
    boolean isDiverted() {
        return hasMoved() || candidate != null;
    }

    /** Whether datagrams to the known address that are for this client can be told from others. */
    boolean isDistinct() {
        return clientId.length >= MIN_CLIENT_ID_BYTES;
    }

    boolean hasClientIdOf(final PeerPath other) {
        return Arrays.equals(clientId, other.clientId);
    }

    /** Whether a datagram is for this client. */
    boolean isFor(final ByteBuf datagram) {
        final int start = datagram.readerIndex();
        final boolean isLong = (datagram.getByte(start) & LONG_HEADER) != 0;
        final int at = start + 1 + (isLong ? LONG_ID_LENGTH_AT : 0);
        if (datagram.writerIndex() - at < clientId.length) {
            return false;
        }
        for (int i = 0; i < clientId.length; i++) {
            if (datagram.getByte(at + i) != clientId[i]) {
                return false;
            }
        }
        return true;
    }

    /** Adds an id of ours; returns the oldest one that is not in use, which is forgotten for it, or the same one. */
    long addId(final long id) {
        if (idCount == 0) {
            firstId = id;
            usedId = id;
        }
        if (idCount < MAX_IDS) {
            ids[idCount++] = id;
            return id;
        }
        if (ids[oldest] == usedId) {
            oldest = (oldest + 1) % MAX_IDS;
        }
        final long forgotten = ids[oldest];
        ids[oldest] = id;
        oldest = (oldest + 1) % MAX_IDS;
        return forgotten;
    }

    /** By which the client calls the connection at first. */
    long firstId() {
        return firstId;
    }

    /** By which the client calls the connection now; one of {@link #ids}. */
    long usedId() {
        return usedId;
    }

    /** Is told of each datagram, before QUIC is. */
    void heard(final Runnable listener) {
        heard = listener;
    }

    /** A datagram with an id came. */
    void onId(final long id) {
        usedId = id;
        heard.run();
    }

    long[] ids() {
        return Arrays.copyOf(ids, idCount);
    }

    /**
     * Something of this connection's came from where its client is not known to be.
     *
     * @return whether to ask there.
     */
    boolean onElsewhere(final InetSocketAddress from, final int bytes, final long nowNs) {
        if (candidate == null || nowNs - candidateHeardNs > CANDIDATE_NS) {
            candidate = from;
            budgetBytes = 0;
            askedNs = nowNs - ASK_INTERVAL_NS;
        } else if (!candidate.equals(from)) {
            return asksOther(nowNs);
        }
        candidateHeardNs = nowNs;
        budgetBytes += (long) AMPLIFICATION * bytes;
        if (nowNs - askedNs < ASK_INTERVAL_NS) {
            return false;
        }
        askedNs = nowNs;
        budgetBytes -= PathCheck.BYTES;
        return true;
    }

    /** All the others together are asked no more often than the candidate. */
    private boolean asksOther(final long nowNs) {
        if (nowNs - askedOthersNs < ASK_INTERVAL_NS) {
            return false;
        }
        askedOthersNs = nowNs;
        return true;
    }

    /** Where a copy of a datagram is to go, as the client may be there; or null. */
    InetSocketAddress takeCandidate(final int bytes) {
        if (candidate == null || budgetBytes < bytes) {
            return null;
        }
        budgetBytes -= bytes;
        return candidate;
    }

    /** The client has shown to be somewhere. */
    void moveTo(final InetSocketAddress where, final long nowNs) {
        current = where.equals(known) ? known : where;
        movedNs = nowNs;
        candidate = null;
    }
}
