package io.sluicemq.durable.kills;

import io.sluicemq.durable.kills.Event.Phase;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A process's way to the recorder. What was written here is with the kernel, and stays when the process dies. Any thread. */
final class Tape implements AutoCloseable {
    private final String process;
    private final Socket socket;
    private final OutputStream output;

    Tape(final int port, final String process) throws IOException {
        this.process = process;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        output = socket.getOutputStream();
        output.write((process + '\n').getBytes(StandardCharsets.UTF_8));
        // Nothing is done that the recorder does not know the process of.
        if (socket.getInputStream().read() < 0) {
            throw new IOException("the recorder has ended");
        }
    }

    synchronized void write(final Phase phase, final String op, final long id, final String rest) {
        final String line = new Event(System.nanoTime(), process, phase, op, id, rest).line() + '\n';
        try {
            output.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void info(final String op, final String rest) {
        write(Phase.INFO, op, Event.NO_ID, rest);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
