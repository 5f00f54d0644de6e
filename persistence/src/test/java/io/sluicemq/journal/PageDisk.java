package io.sluicemq.journal;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Knows what a loss of power would leave: of each file the bytes of its last force, of each directory the names of its last force, and
 * of what came later any pages and any names, by chance.
 */
final class PageDisk extends Disk {
    private static final int PAGE = 4096;

    private final boolean believesForces;
    private final Map<Object, byte[]> contents = new HashMap<>();
    private final Map<Path, Map<String, Object>> names = new HashMap<>();

    /** Starts with all that is in the directory as safe. */
    PageDisk(final Path directory, final boolean believesForces) throws IOException {
        this.believesForces = believesForces;
        Files.createDirectories(directory);
        try (Stream<Path> paths = Files.walk(directory)) {
            for (final Path path : paths.toList()) {
                if (Files.isDirectory(path)) {
                    names.put(path, listing(path));
                } else {
                    contents.put(key(path), read(path));
                }
            }
        }
    }

    /** Not by a channel, which keeps memory as large as the file for the thread. */
    private static byte[] read(final Path file) throws IOException {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return in.readAllBytes();
        }
    }

    private static void write(final Path file, final byte[] bytes) throws IOException {
        try (OutputStream out = new FileOutputStream(file.toFile())) {
            out.write(bytes);
        }
    }

    private static Object key(final Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static Map<String, Object> listing(final Path directory) throws IOException {
        final Map<String, Object> listing = new HashMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (final Path entry : entries.toList()) {
                listing.put(entry.getFileName().toString(), key(entry));
            }
        }
        return listing;
    }

    @Override
    synchronized void force(final Path file, final FileChannel channel) throws IOException {
        if (believesForces) {
            Disk.uninterrupted(() -> contents.put(key(file), read(file)));
        }
    }

    @Override
    synchronized void forceDirectory(final Path directory) throws IOException {
        if (believesForces) {
            names.put(directory, listing(directory));
        }
    }

    /** Cuts the power: what is in the directory then goes to another one. */
    synchronized void cut(final Path directory, final Path to, final Random random) {
        try {
            Files.createDirectories(to);
            final Map<String, Object> safe = names.getOrDefault(directory, Map.of());
            final Map<String, Object> now = listing(directory);
            final Map<String, Object> left = new HashMap<>(random.nextBoolean() ? safe : now);
            for (final Map.Entry<String, Object> entry : left.entrySet()) {
                final Path path = directory.resolve(entry.getKey());
                if (Files.isDirectory(path)) {
                    cut(path, to.resolve(entry.getKey()), random);
                } else {
                    write(to.resolve(entry.getKey()), content(directory, entry.getValue(), random));
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] content(final Path directory, final Object file, final Random random) throws IOException {
        final byte[] safe = contents.getOrDefault(file, new byte[0]);
        final byte[] now = current(directory, file);
        final byte[] left = Arrays.copyOf(safe, random.nextBoolean() ? safe.length : now.length);
        final int chance = random.nextInt(5);
        for (int page = 0; page < left.length; page += PAGE) {
            if (random.nextInt(4) < chance) {
                final int end = Math.min(Math.min(page + PAGE, left.length), now.length);
                if (end > page) {
                    System.arraycopy(now, page, left, page, end - page);
                }
            }
        }
        return left;
    }

    private byte[] current(final Path directory, final Object file) throws IOException {
        final List<Path> paths;
        try (Stream<Path> entries = Files.list(directory)) {
            paths = entries.toList();
        }
        for (final Path path : paths) {
            if (key(path).equals(file)) {
                return read(path);
            }
        }
        return contents.getOrDefault(file, new byte[0]);
    }
}
