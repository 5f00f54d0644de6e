package io.sluicemq.cli;

/** Limits of numbers that the user gives. */
final class Numbers {
    static final String GIVE_MORE = "give a whole number from the limit on";

    private Numbers() {}

    static void atLeast(final String name, final long value, final long least, final String remedy) {
        if (value < least) {
            throw new IllegalArgumentException(name + "=" + value + ", limit=" + least + ", " + remedy);
        }
    }
}
