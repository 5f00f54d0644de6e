package io.sluicemq.transport.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/** The control socket of a peer that does what a test wants. The test's thread. */
final class RawShmPeer implements AutoCloseable {
    private static final byte[] GREETING =
            Arrays.copyOf("\377\0\0\0\0\0\0\0\001\177\003\001NULL".getBytes(StandardCharsets.ISO_8859_1), 64);

    /** All that a dialing PUSH, or a listening one, says before the join. */
    static final byte[] HANDSHAKE = concat(ControlFrame.PREAMBLE, GREETING, ready("PUSH"));

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path socket;
    private final SocketChannel channel;
    private final ByteBuffer read = ByteBuffer.allocate(BUFFER_BYTES);
    private ShmFile file;

    private RawShmPeer(final Path socket, final SocketChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    static RawShmPeer connect(final Path socket) throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new RawShmPeer(socket, channel);
    }

    static RawShmPeer accept(final Path socket, final ServerSocketChannel listener) throws IOException {
        return new RawShmPeer(socket, listener.accept());
    }

    /** READY of a socket of a type. */
    static byte[] ready(final String type) {
        final byte[] body = concat(
                "\5READY\13Socket-Type\0\0\0".getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {(byte) type.length()},
                type.getBytes(StandardCharsets.US_ASCII));
        return concat(new byte[] {4, (byte) body.length}, body);
    }

    static byte[] frame(final int type, final byte[] body) {
        return ByteBuffer.allocate(ControlFrame.HEADER_BYTES + body.length)
                .put((byte) type)
                .putInt(body.length)
                .put(body)
                .array();
    }

    static byte[] joined(final int send, final int receive) {
        return frame(ControlFrame.JOINED, new Marks(send, receive).encode(new byte[0]));
    }

    static byte[] ring(final int send, final int receive, final String name) {
        return frame(ControlFrame.RING, new Marks(send, receive).encode(name.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] concat(final byte[]... parts) {
        final ByteBuffer all = ByteBuffer.allocate(
                Stream.of(parts).mapToInt(part -> part.length).sum());
        for (final byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    void send(final byte[]... parts) throws IOException {
        final ByteBuffer all = ByteBuffer.wrap(concat(parts));
        while (all.hasRemaining()) {
            channel.write(all);
        }
    }

    /** Sends more than the socket takes at once. */
    Thread sendOnThread(final byte[] bytes) {
        final Thread writer = new Thread(() -> {
            try {
                send(bytes);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.setDaemon(true);
        writer.start();
        return writer;
    }

    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    private String received() {
        try {
            channel.configureBlocking(false);
            while (read.hasRemaining() && channel.read(read) > 0) {
                // Until nothing is there.
            }
            channel.configureBlocking(true);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String(read.array(), 0, read.position(), StandardCharsets.ISO_8859_1);
    }

    /** Whether the other side has named a file. */
    boolean hasRing() {
        return received().endsWith(".ring");
    }

    /** All that came, in which an error's text stands at the end. */
    String errorText() {
        return received();
    }

    /** Looks at the memory as the other side does. */
    UnsafeBuffer memory(final int direction) {
        return file.ring(direction);
    }

    /** Maps the file that the other side has named. */
    void map() throws IOException {
        final String text = received();
        final String name = text.substring(text.lastIndexOf(socket.getFileName() + "."));
        file = ShmFile.open(socket.resolveSibling(name), Files.getOwner(socket));
    }

    void unmap() {
        file.unmap();
        file = null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (file != null) {
            unmap();
        }
    }

    /** Files in a folder. */
    static List<String> files(final Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** Bytes of the memory of this process that lie in files of a folder. */
    static long mappedBytes(final Path folder) {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(folder + "/"))
                    .map(line -> line.split("[- ]", 3))
                    .mapToLong(range -> Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16))
                    .sum();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Random numbers, by a seed that is printed. */
    static Random random() {
        final String given = System.getProperty("sluicemq.seed", "");
        final long seed = given.isEmpty() ? System.nanoTime() : Long.parseLong(given);
        System.out.println("RawShmPeer: sluicemq.seed=" + seed);
        return new Random(seed);
    }
}
