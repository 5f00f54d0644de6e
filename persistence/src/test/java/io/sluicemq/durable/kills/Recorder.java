package io.sluicemq.durable.kills;

import io.sluicemq.durable.kills.Event.Phase;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps the history, in a process that nobody kills: appends what others say to a file, line by line. What a process had begun and not
 * ended when its connection ends, nobody knows about: it becomes an info, as does the end itself. What a process has written to its
 * connection before it died comes here, as it is with the kernel; half a line does not count.
 */
final class Recorder {
    private static final int BACKLOG = 16;

    private final OutputStream file;

    private Recorder(final OutputStream file) {
        this.file = file;
    }

    /**
     * Prints the port it listens at; ends when its standard input does.
     *
     * @param arguments the file.
     */
    public static void main(final String[] arguments) throws IOException {
        try (OutputStream file = Files.newOutputStream(
                        Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            final Recorder recorder = new Recorder(file);
            final Thread acceptor = new Thread(() -> recorder.accept(server), "acceptor");
            acceptor.setDaemon(true);
            acceptor.start();
            System.out.println(server.getLocalPort());
            while (System.in.read() >= 0) {
                // Nobody writes; it ends with who started us.
            }
        }
    }

    private void accept(final ServerSocket server) {
        try {
            while (true) {
                final Socket socket = server.accept();
                final Thread reader = new Thread(() -> listen(socket), "reader");
                reader.setDaemon(true);
                reader.start();
            }
        } catch (final IOException e) {
            // The end.
        }
    }

    private void listen(final Socket socket) {
        final Map<String, Event> begun = new LinkedHashMap<>();
        String process = "";
        try (socket;
                InputStream lines = new BufferedInputStream(socket.getInputStream())) {
            process = readLine(lines);
            append(new Event(System.nanoTime(), process, Phase.INFO, Event.BEGUN, Event.NO_ID, ""));
            socket.getOutputStream().write('\n');
            for (String line = readLine(lines); line != null; line = readLine(lines)) {
                final Event event = Event.parse(line);
                final String key = event.op() + event.id();
                if (event.phase() == Phase.INVOKE) {
                    begun.put(key, event);
                } else {
                    begun.remove(key);
                }
                append(event);
            }
        } catch (final IOException e) {
            // As good as an end.
            begun.remove("");
        }
        for (final Event each : begun.values()) {
            append(new Event(System.nanoTime(), each.process(), Phase.INFO, each.op(), each.id(), ""));
        }
        append(new Event(System.nanoTime(), process, Phase.INFO, Event.DIED, Event.NO_ID, ""));
    }

    /** Null at the end. */
    private static String readLine(final InputStream lines) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = lines.read(); next >= 0; next = lines.read()) {
            if (next == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(next);
        }
        return null;
    }

    private synchronized void append(final Event event) {
        try {
            file.write((event.line() + '\n').getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            // A history with a gap proves nothing.
            Runtime.getRuntime().halt(1);
        }
    }
}
