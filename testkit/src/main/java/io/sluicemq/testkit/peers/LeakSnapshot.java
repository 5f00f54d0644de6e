package io.sluicemq.testkit.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the JVM holds at one moment, as far as {@link LeakCheck} looks at it. */
record LeakSnapshot(
        Set<Thread> threads,
        Map<String, Integer> descriptors,
        Map<String, Integer> mappedFiles,
        long directBytes,
        long mappedBytes) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int MAPS_PATH_COLUMN = 5;

    /** Threads that the JDK, JUnit or the build start at will and keep. */
    private static final List<String> FOREIGN_THREADS = List.of(
            "process reaper",
            "Common-Cleaner",
            "Cleaner-",
            "ForkJoinPool.commonPool",
            "CompletableFutureDelayScheduler",
            "Attach Listener",
            "JFR ",
            "Keep-Alive-Timer",
            "junit-",
            "surefire-",
            "ping-timer",
            "VirtualThread-");

    private static final boolean WARM = warmUp();

    static LeakSnapshot take() {
        if (!WARM) {
            throw new IllegalStateException("no warm-up");
        }
        final Map<String, Integer> descriptors = new HashMap<>();
        final Map<String, Integer> mappedFiles = new HashMap<>();
        if (Files.isDirectory(DESCRIPTORS)) {
            readDescriptors(descriptors);
            readMappedFiles(mappedFiles);
        }
        return new LeakSnapshot(liveThreads(), descriptors, mappedFiles, poolBytes("direct"), poolBytes("mapped"));
    }

    private static Set<Thread> liveThreads() {
        final Set<Thread> threads = new HashSet<>();
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            if (FOREIGN_THREADS.stream().noneMatch(thread.getName()::startsWith)) {
                threads.add(thread);
            }
        }
        return threads;
    }

    private static void readDescriptors(final Map<String, Integer> descriptors) {
        try (DirectoryStream<Path> links = Files.newDirectoryStream(DESCRIPTORS)) {
            for (final Path link : links) {
                addDescriptor(descriptors, link);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addDescriptor(final Map<String, Integer> descriptors, final Path link) {
        try {
            final String target = Files.readSymbolicLink(link).toString();
            if (!isForeignFile(target)) {
                descriptors.merge(target, 1, Integer::sum);
            }
        } catch (final IOException e) {
            // The descriptor was closed since the folder was read, so it is no leak.
            return;
        }
    }

    private static void readMappedFiles(final Map<String, Integer> mappedFiles) {
        try {
            for (final String line : Files.readAllLines(MAPS)) {
                final String[] columns = line.split("\\s+", MAPS_PATH_COLUMN + 1);
                final String path = columns.length > MAPS_PATH_COLUMN ? columns[MAPS_PATH_COLUMN] : "";
                if (path.startsWith("/") && !isForeignFile(path) && !columns[1].contains("x")) {
                    mappedFiles.merge(path, 1, Integer::sum);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Code and data of the JVM and of libraries, opened whenever a class is first needed; and the folder being read. */
    private static boolean isForeignFile(final String target) {
        return target.endsWith(".jar")
                || target.endsWith(".class")
                || target.endsWith(".jsa")
                || target.endsWith("/lib/modules")
                || target.contains(".so")
                || target.startsWith("/usr/lib/locale/")
                || target.startsWith("/dev/")
                || target.startsWith("/proc/")
                || target.contains("/hsperfdata_");
    }

    private static long poolBytes(final String name) {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals(name))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** The first socket, selector and pipe of a JVM make it open descriptors of its own, which it keeps for good. */
    private static boolean warmUp() {
        final InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (Selector selector = Selector.open();
                ServerSocketChannel server = ServerSocketChannel.open().bind(anyPort);
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept();
                ServerSocket plainServer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), plainServer.getLocalPort())) {
            final Pipe pipe = Pipe.open();
            pipe.source().close();
            pipe.sink().close();
            selector.selectNow();
            return client.isConnected() && accepted.isConnected() && plain.isConnected();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
