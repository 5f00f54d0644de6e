package io.sluicemq.integration;

import java.util.stream.Stream;

/** The one list of transports that socket tests run over. */
final class Transports {
    private Transports() {}

    static Stream<Medium> all() {
        return Stream.of(Medium.values()).filter(Medium::isAvailable);
    }

    /** Those with connections that can break. */
    static Stream<Medium> networks() {
        return all().filter(Medium::isNetwork);
    }
}
