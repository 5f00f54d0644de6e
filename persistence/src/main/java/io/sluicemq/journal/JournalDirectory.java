package io.sluicemq.journal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/**
 * The directory of a journal: a marker that names its format and id, a lock, and a directory for each time it was opened, with the
 * segments of that time. Files that are none of these are left alone.
 */
final class JournalDirectory {
    private final Path path;
    private final UUID id;

    private JournalDirectory(final Path path, final UUID id) {
        this.path = path;
        this.id = id;
    }

    /** Of a journal that is there. Writes nothing. */
    static JournalDirectory existing(final Path path) throws IOException {
        return new JournalDirectory(path, Marker.id(path));
    }

    /** Of a journal that is there, or of a new one in a directory that is empty or is made now. To be called with the lock. */
    static JournalDirectory openOrCreate(final Path path, final Disk disk) throws IOException {
        if (Files.exists(path.resolve(Names.MARKER))) {
            return new JournalDirectory(path, Marker.idRepaired(path, disk));
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (final Path entry : entries) {
                final String name = entry.getFileName().toString();
                if (!name.equals(Names.LOCK) && !name.startsWith(Names.MARKER + ".")) {
                    throw new JournalException("directory=" + path + " holds " + name + " and no " + Names.MARKER
                            + ", so it is none of ours, give a journal an empty directory");
                }
            }
        }
        final UUID id = UUID.randomUUID();
        Marker.write(path, id, disk);
        if (path.toAbsolutePath().getParent() != null) {
            disk.forceDirectory(path.toAbsolutePath().getParent());
        }
        return new JournalDirectory(path, id);
    }

    /** Makes it, if it is not there, with those above it, and brings each to the disk. */
    static void create(final Path path, final Disk disk) {
        final Deque<Path> missing = new ArrayDeque<>();
        for (Path above = path.toAbsolutePath(); above != null && !Files.exists(above); above = above.getParent()) {
            missing.push(above);
        }
        try {
            for (final Path directory : missing) {
                Files.createDirectories(directory);
                disk.forceDirectory(directory.getParent());
            }
            Files.createDirectories(path);
        } catch (final IOException e) {
            throw new JournalException("directory=" + path + " cannot be made: " + e.getMessage(), e);
        }
        if (!Files.isWritable(path)) {
            throw new JournalException(
                    "directory=" + path + " cannot be written to, change its rights, or read it with Journal.readOnly");
        }
    }

    Path path() {
        return path;
    }

    UUID id() {
        return id;
    }

    /** In each frame, so that those of another journal are told from ours. */
    int key() {
        return id.hashCode();
    }

    Path session(final int firstSegment) {
        return path.resolve(Names.session(firstSegment));
    }

    /** All segments, by number; their ends are not known yet. */
    List<Segment> segments() throws IOException {
        return segmentsOf(path);
    }

    static List<Segment> segmentsOf(final Path journal) throws IOException {
        final List<Segment> segments = new ArrayList<>();
        for (final Path session : sessionsOf(journal)) {
            addSegments(session, segments);
        }
        segments.sort(Comparator.comparingInt(Segment::number));
        return segments;
    }

    private static void addSegments(final Path session, final List<Segment> segments) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(session)) {
            for (final Path file : files) {
                final int number = Names.parse(file, Names.SUFFIX);
                if (number > 0) {
                    addSegment(number, file, segments);
                }
            }
        } catch (final NoSuchFileException e) {
            // The owner has deleted it since.
            return;
        }
    }

    /** One that the owner has deleted since takes no others along. */
    private static void addSegment(final int number, final Path file, final List<Segment> segments) throws IOException {
        try {
            segments.add(new Segment(number, file, Segment.UNKNOWN, Segment.UNKNOWN, Files.size(file)));
        } catch (final NoSuchFileException e) {
            return;
        }
    }

    /** Files that were made ahead and never came to be used. */
    List<Path> ahead() throws IOException {
        final List<Path> files = new ArrayList<>();
        for (final Path session : sessions()) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(session, "*" + Names.AHEAD_SUFFIX)) {
                entries.forEach(files::add);
            }
        }
        return files;
    }

    List<Path> sessions() throws IOException {
        return sessionsOf(path);
    }

    private static List<Path> sessionsOf(final Path journal) throws IOException {
        final List<Path> sessions = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(journal)) {
            for (final Path entry : entries) {
                if (Names.isSession(entry) && Files.isDirectory(entry)) {
                    sessions.add(entry);
                }
            }
        }
        sessions.sort(Comparator.naturalOrder());
        return sessions;
    }

    /** Deletes the directory of a session, if no segment is left in it. */
    static void deleteIfEmpty(final Path session) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(session, "*" + Names.SUFFIX)) {
            if (files.iterator().hasNext()) {
                return;
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(session)) {
            for (final Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(session);
    }
}
