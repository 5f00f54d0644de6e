package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Fresh endpoints to bind to, one of each transport, and contexts in which all of them work. */
final class Endpoints {
    /** Of the tests that run over each of them. */
    static final String TAG = "transports";

    private static final String CHOSEN = System.getProperty("sluicemq.test.transport", "");

    /** For the contexts of the tests: the certificate of both sides, and trust in it. */
    private static final TransportOptions TLS_OPTIONS = TestCertificates.bothSides();

    private static final AtomicInteger NAMES = new AtomicInteger();

    private Endpoints() {}

    /** For tests with a parameter {@code transport}; in the default tier one stands for those that work alike. */
    static Stream<String> transports() {
        return CHOSEN.isEmpty()
                ? Stream.of("inproc", "tcp", "tls+tcp", "ipc", "shm", "quic")
                        .filter(transport ->
                                Tier.LONG || !Set.of("tls+tcp", "shm").contains(transport))
                : Stream.of(CHOSEN);
    }

    /**
     * Those with connections that can break, and then know exactly what was received. Over shm a receiver takes what it has mapped
     * after the end too, and the sender's count is an upper bound.
     */
    static Stream<String> networks() {
        return transports().filter(transport -> !Set.of("inproc", "shm").contains(transport));
    }

    static Context context() {
        final ContextOptions.Builder builder = ContextOptions.builder().transport(TLS_OPTIONS);
        if (Boolean.getBoolean("sluicemq.test.lanes")) {
            builder.transport(QuicOptions.builder().ordering(Ordering.LANE).build());
        }
        return Context.create(builder.build());
    }

    static String fresh(final String transport) {
        return switch (transport) {
            case "inproc", "shm" ->
                transport + "://robust-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
            case "tcp", "tls+tcp", "quic" -> transport + "://127.0.0.1:0";
            case "ipc" ->
                "ipc://"
                        + Path.of(
                                System.getProperty("java.io.tmpdir"),
                                "robust-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet());
            default ->
                throw new IllegalArgumentException(
                        "transport=" + transport + ", limit=inproc, tcp, tls+tcp, ipc, shm, quic");
        };
    }
}
