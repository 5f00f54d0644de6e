package io.sluicemq.integration;

import java.util.stream.Stream;

/**
 * The one list of transports that socket tests run over. In the long tier ({@code -Dsluicemq.long=true}) each runs over all; in
 * the default one a second address family, and a test that mostly waits, is left to the tests and media that need it.
 */
final class Transports {
    /** Of the tests that run over what is in the list. */
    static final String TAG = "transports";

    private static final String CHOSEN = System.getProperty("sluicemq.test.transport", "");

    /** Whoever chooses a transport wants to see all of it. */
    private static final boolean EVERYWHERE = Boolean.getBoolean("sluicemq.long") || !CHOSEN.isEmpty();

    private Transports() {}

    /** What every behaviour is tested over. */
    static Stream<Medium> all() {
        return allWithFamilies().filter(medium -> EVERYWHERE || !medium.isSecondFamily());
    }

    /** For what has many connections or many bytes. */
    static Stream<Medium> quick() {
        return all().filter(medium -> EVERYWHERE || medium != Medium.QUIC);
    }

    /** The networks of {@link #quick}. */
    static Stream<Medium> quickNetworks() {
        return quick().filter(Medium::isNetwork);
    }

    /** Those with connections that can break. */
    static Stream<Medium> networks() {
        return all().filter(Medium::isNetwork);
    }

    /** For what depends on addresses: IPv6 too. */
    static Stream<Medium> allWithFamilies() {
        return Stream.of(Medium.values())
                .filter(medium -> CHOSEN.isEmpty() || CHOSEN.equals(medium.scheme()))
                .filter(Medium::isAvailable);
    }

    /** The networks of {@link #allWithFamilies}. */
    static Stream<Medium> networksWithFamilies() {
        return allWithFamilies().filter(Medium::isNetwork);
    }

    /** For what takes a fixed time and knows no transport: one of each way that a message takes. */
    static Stream<Medium> kinds() {
        return all().filter(medium ->
                EVERYWHERE || medium == Medium.INPROC || medium == Medium.TCP || medium == Medium.SHM);
    }

    /** The networks of {@link #kinds}. */
    static Stream<Medium> networkKinds() {
        return kinds().filter(Medium::isNetwork);
    }
}
