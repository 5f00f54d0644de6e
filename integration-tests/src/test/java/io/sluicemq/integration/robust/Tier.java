package io.sluicemq.integration.robust;

/** Counts of the default tier and of the long one ({@code -Dsluicemq.long=true}). */
final class Tier {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    private Tier() {}

    static int count(final int inDefaultTier, final int inLongTier) {
        return LONG ? inLongTier : inDefaultTier;
    }
}
