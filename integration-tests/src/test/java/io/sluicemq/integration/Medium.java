package io.sluicemq.integration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.UUID;

/** A transport under test: makes endpoints that nobody has used. */
enum Medium {
    INPROC(""),
    TCP("127.0.0.1"),
    TCP_V6("[::1]"),
    SHM("");

    private final String host;

    Medium(final String host) {
        this.host = host;
    }

    /** To bind to; what {@code bind} returns is to connect to. */
    String fresh() {
        return switch (this) {
            case INPROC -> "inproc://" + UUID.randomUUID();
            case SHM -> "shm://" + UUID.randomUUID();
            default -> "tcp://" + host + ":0";
        };
    }

    /** To connect to before anybody binds to it. */
    String freshResolved() {
        if (this == INPROC || this == SHM) {
            return fresh();
        }
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return "tcp://" + host + ":" + socket.getLocalPort();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAvailable() {
        if (this == INPROC || this == SHM) {
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
