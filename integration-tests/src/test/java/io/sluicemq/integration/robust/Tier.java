package io.sluicemq.integration.robust;

/** Counts of the default tier and of the long one ({@code -Dsluicemq.long=true}). */
final class Tier {
    static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    private Tier() {}

    /** For what takes several times as long over quic: in the default tier a third of it has to do there. */
    static int count(final String transport, final int inDefaultTier, final int inLongTier) {
        return count("quic".equals(transport) ? (inDefaultTier + 2) / 3 : inDefaultTier, inLongTier);
    }

    static int count(final int inDefaultTier, final int inLongTier) {
        return LONG ? inLongTier : inDefaultTier;
    }
}
