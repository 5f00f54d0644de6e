package io.sluicemq.testkit.udp;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.Random;

/** Ports for servers that end and begin again. */
public final class UdpPorts {
    private static final int FIRST = 10_000;

    /** Below those that systems give to who asks for any port. */
    private static final int END = 32_768;

    private static final int ATTEMPTS = 1_000;

    private UdpPorts() {}

    /**
     * Finds a port of the loopback address that nobody has, and that the system gives to nobody else while the test's server is away.
     *
     * @param random chooses.
     * @return the port.
     * @throws IOException when none was free.
     */
    public static int fresh(final Random random) throws IOException {
        IOException taken = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            final int port = FIRST + random.nextInt(END - FIRST);
            try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (final SocketException e) {
                taken = e;
            }
        }
        throw new IOException("ports=" + ATTEMPTS + " were taken, limit=one of " + FIRST + " to " + (END - 1), taken);
    }
}
