package io.sluicemq.integration;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.transport.TransportOptions;
import io.sluicemq.transport.quic.QuicOptions;
import io.sluicemq.transport.quic.QuicOptions.Ordering;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.UUID;

/** A transport under test: makes endpoints that nobody has used. */
enum Medium {
    INPROC(null),
    TCP("127.0.0.1"),
    TCP_V6("[::1]"),
    TLS("127.0.0.1"),
    IPC(null),
    SHM(null),
    QUIC("127.0.0.1"),
    QUIC_V6("[::1]");

    /** For the contexts of the tests: the certificate of both sides, and trust in it. */
    private static final TransportOptions TLS_OPTIONS = TestCertificates.bothSides();

    private final String host;

    Medium(final String host) {
        this.host = host;
    }

    /** To bind to; what {@code bind} returns is to connect to. */
    String fresh() {
        return switch (this) {
            case INPROC -> "inproc://" + UUID.randomUUID();
            case TCP, TCP_V6, TLS, QUIC, QUIC_V6 -> scheme() + "://" + host + ":0";
            case IPC -> "ipc://" + Path.of(System.getProperty("java.io.tmpdir"), "sl-" + UUID.randomUUID());
            case SHM -> "shm://" + UUID.randomUUID();
        };
    }

    /** To connect to before anybody binds to it. */
    String freshResolved() {
        if (host == null) {
            return fresh();
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return scheme() + "://" + host + ":" + socket.getLocalPort();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String scheme() {
        return switch (this) {
            case INPROC -> "inproc";
            case TCP, TCP_V6 -> "tcp";
            case TLS -> "tls+tcp";
            case IPC -> "ipc";
            case SHM -> "shm";
            case QUIC, QUIC_V6 -> "quic";
        };
    }

    /** Options of a context in which all media work. */
    static ContextOptions.Builder contextOptions() {
        final ContextOptions.Builder builder = ContextOptions.builder().transport(TLS_OPTIONS);
        if (Boolean.getBoolean("sluicemq.test.lanes")) {
            builder.transport(QuicOptions.builder().ordering(Ordering.LANE).build());
        }
        return builder;
    }

    static Context context() {
        return Context.create(contextOptions().build());
    }

    /** Whether it is another address family of a medium that is there anyway. */
    boolean isSecondFamily() {
        return this == TCP_V6 || this == QUIC_V6;
    }

    boolean isAvailable() {
        if (host == null) {
            return true;
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.isBound();
        } catch (final IOException e) {
            return false;
        }
    }

    /** Whether messages leave the process's memory, so that there are connections, handshakes and kernel buffers. */
    boolean isNetwork() {
        return this != INPROC;
    }
}
