package io.sluicemq.integration.robust;

import io.sluicemq.testkit.peers.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes tcp connections on to a port, and cuts them when told to, with whatever is under way in both directions. */
final class CuttingProxy implements AutoCloseable {
    private final int targetPort;
    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    CuttingProxy(final int targetPort) throws IOException {
        this.targetPort = targetPort;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String endpoint() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    /** Ends all connections: by a reset, which also throws away what the kernel holds, or by the end of the stream. */
    void cut(final boolean reset) throws IOException {
        final List<Socket> cutNow = List.copyOf(open);
        open.removeAll(cutNow);
        for (final Socket socket : cutNow) {
            if (!socket.isClosed()) {
                cut(socket, reset);
            }
        }
    }

    private static void cut(final Socket socket, final boolean reset) throws IOException {
        try (socket) {
            socket.setSoLinger(reset, 0);
        } catch (final SocketException e) {
            // Closed meanwhile, by a failure of its own.
            return;
        }
    }

    private void start(final Runnable task) {
        final Thread thread = new Thread(task, "cutting-proxy");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                final Socket near = server.accept();
                final Socket far = new Socket();
                open.add(near);
                open.add(far);
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
                start(() -> pass(near, far));
                start(() -> pass(far, near));
            } catch (final IOException e) {
                // Cut while it was being made, or the end of the test.
                Thread.onSpinWait();
            }
        }
    }

    private static void pass(final Socket from, final Socket to) {
        final byte[] buffer = new byte[8 * 1024];
        try {
            final InputStream in = from.getInputStream();
            final OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (final IOException e) {
            // Cut: the other direction finds out by itself.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut(true);
        for (final Thread thread : threads) {
            Await.until(Duration.ofSeconds(10), () -> !thread.isAlive(), "the end of a proxy's thread");
        }
    }
}
