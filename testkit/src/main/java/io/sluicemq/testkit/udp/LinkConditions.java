package io.sluicemq.testkit.udp;

import java.time.Duration;

/**
 * What one direction of a link does to datagrams. Immutable.
 *
 * @param delayNs how long each is under way, in nanoseconds.
 * @param loss share of those that are lost, 0 to 1.
 * @param reorder share of those that are held back, 0 to 1.
 * @param holdNs how long these are held back beyond the delay, in nanoseconds.
 * @param bytesPerSecond what the link carries, or {@link Long#MAX_VALUE}.
 * @param queueBytes what may wait for the link; what comes beyond is lost.
 * @param datagrams how many more pass before the link falls silent, or {@link Long#MAX_VALUE}.
 * @param maxBytes of one that passes, without the headers of IP and UDP; larger ones are lost without a word.
 */
public record LinkConditions(
        long delayNs,
        double loss,
        double reorder,
        long holdNs,
        long bytesPerSecond,
        long queueBytes,
        long datagrams,
        int maxBytes) {
    /** Passes everything at once. */
    public static final LinkConditions CLEAR =
            new LinkConditions(0, 0, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);

    /** Passes nothing. */
    public static final LinkConditions SILENT = CLEAR.thenSilentAfter(0);

    /**
     * Checks the shares.
     *
     * @throws IllegalArgumentException for a share that is none, or a rate of nothing.
     */
    public LinkConditions {
        if (!(loss >= 0 && loss <= 1 && reorder >= 0 && reorder <= 1) || bytesPerSecond <= 0) {
            throw new IllegalArgumentException("loss=" + loss + " reorder=" + reorder + " bytesPerSecond="
                    + bytesPerSecond + ", limit=shares 0..1 and a rate over 0, choose such");
        }
    }

    /**
     * With another delay.
     *
     * @param delay of each datagram.
     * @return the rest as it is.
     */
    public LinkConditions delayedBy(final Duration delay) {
        return new LinkConditions(
                delay.toNanos(), loss, reorder, holdNs, bytesPerSecond, queueBytes, datagrams, maxBytes);
    }

    /**
     * With another loss.
     *
     * @param share that is lost.
     * @return the rest as it is.
     */
    public LinkConditions losing(final double share) {
        return new LinkConditions(delayNs, share, reorder, holdNs, bytesPerSecond, queueBytes, datagrams, maxBytes);
    }

    /**
     * With another reordering.
     *
     * @param share that is held back.
     * @param hold for how long.
     * @return the rest as it is.
     */
    public LinkConditions reordering(final double share, final Duration hold) {
        return new LinkConditions(
                delayNs, loss, share, hold.toNanos(), bytesPerSecond, queueBytes, datagrams, maxBytes);
    }

    /**
     * With another rate.
     *
     * @param rate in bytes a second.
     * @param queue bytes that may wait.
     * @return the rest as it is.
     */
    public LinkConditions carrying(final long rate, final long queue) {
        return new LinkConditions(delayNs, loss, reorder, holdNs, rate, queue, datagrams, maxBytes);
    }

    /**
     * Silent after some more datagrams.
     *
     * @param more that pass before.
     * @return the rest as it is.
     */
    public LinkConditions thenSilentAfter(final long more) {
        return new LinkConditions(delayNs, loss, reorder, holdNs, bytesPerSecond, queueBytes, more, maxBytes);
    }

    /**
     * With another limit of size.
     *
     * @param bytes of the largest datagram that passes.
     * @return the rest as it is.
     */
    public LinkConditions narrowedTo(final int bytes) {
        return new LinkConditions(delayNs, loss, reorder, holdNs, bytesPerSecond, queueBytes, datagrams, bytes);
    }
}
