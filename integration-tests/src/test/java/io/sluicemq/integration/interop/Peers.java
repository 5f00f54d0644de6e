package io.sluicemq.integration.interop;

import io.sluicemq.testkit.peers.JeroMqPeer;
import io.sluicemq.testkit.peers.LibzmqPeer;
import io.sluicemq.testkit.peers.PeerAssumptions;
import io.sluicemq.testkit.peers.ZmqPeer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;

/** The foreign libraries of a test class: libzmq where it is installed, and JeroMQ. */
final class Peers implements AutoCloseable {

    static final String LIBZMQ = "libzmq";
    static final String JEROMQ = "jeromq";

    private static final String JEROMQ_POM = "/META-INF/maven/org.zeromq/jeromq/pom.properties";

    private final LibzmqPeer libzmq = LibzmqPeer.isAvailable() ? LibzmqPeer.start() : null;
    private final JeroMqPeer jeromq = JeroMqPeer.start();

    static Peers start() {
        return new Peers();
    }

    /** The library of that name; a missing one fails the test in CI and skips it elsewhere. */
    ZmqPeer require(final String name) {
        if (JEROMQ.equals(name)) {
            return jeromq;
        }
        PeerAssumptions.requireLibzmq();
        return libzmq;
    }

    Map<String, String> versions() throws IOException {
        final Properties pom = new Properties();
        try (InputStream properties = org.zeromq.ZMQ.class.getResourceAsStream(JEROMQ_POM)) {
            pom.load(properties);
        }
        final String[] versions = libzmq.version().split(" ", 2);
        return Map.of(
                LIBZMQ,
                "libzmq " + versions[0] + " through pyzmq " + versions[1],
                JEROMQ,
                "JeroMQ " + pom.getProperty("version"));
    }

    @Override
    public void close() {
        jeromq.close();
        if (libzmq != null) {
            libzmq.close();
        }
    }
}
