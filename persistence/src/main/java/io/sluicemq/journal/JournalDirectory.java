package io.sluicemq.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The directory of a journal: a marker that names its format and id, a lock, and a directory for each time it was opened, with the
 * segments of that time. Files that are none of these are left alone.
 */
final class JournalDirectory {
    private static final String FORMAT_LINE = "sluicemq-journal ";
    private static final String ID_LINE = "id ";

    private final Path path;
    private final UUID id;

    private JournalDirectory(final Path path, final UUID id) {
        this.path = path;
        this.id = id;
    }

    /** Of a journal that is there. */
    static JournalDirectory existing(final Path path) throws IOException {
        return new JournalDirectory(path, readMarker(path));
    }

    /** Of a journal that is there, or of a new one in a directory that is empty or is made now. To be called with the lock. */
    static JournalDirectory openOrCreate(final Path path, final Disk disk) throws IOException {
        if (Files.exists(path.resolve(Names.MARKER))) {
            return existing(path);
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
        final Path draft = path.resolve(Names.MARKER + ".new");
        Files.writeString(
                draft, FORMAT_LINE + FrameLayout.FORMAT_VERSION + "\n" + ID_LINE + id + "\n", StandardCharsets.UTF_8);
        disk.force(draft);
        Files.move(draft, path.resolve(Names.MARKER), StandardCopyOption.ATOMIC_MOVE);
        disk.forceDirectory(path);
        if (path.toAbsolutePath().getParent() != null) {
            disk.forceDirectory(path.toAbsolutePath().getParent());
        }
        return new JournalDirectory(path, id);
    }

    /** Makes it, if it is not there. */
    static void create(final Path path) {
        try {
            Files.createDirectories(path);
        } catch (final IOException e) {
            throw new JournalException("directory=" + path + " cannot be made: " + e.getMessage(), e);
        }
        if (!Files.isWritable(path)) {
            throw new JournalException(
                    "directory=" + path + " cannot be written to, change its rights, or read it with Journal.readOnly");
        }
    }

    private static UUID readMarker(final Path path) throws IOException {
        final List<String> lines;
        try {
            lines = Files.readAllLines(path.resolve(Names.MARKER), StandardCharsets.UTF_8);
        } catch (final NoSuchFileException e) {
            throw new JournalException("directory=" + path + " holds no journal: it has no file " + Names.MARKER, e);
        } catch (final AccessDeniedException e) {
            throw new JournalException("directory=" + path + " cannot be read, change its rights", e);
        }
        final String format = lines.isEmpty() ? "" : lines.get(0);
        if (!format.equals(FORMAT_LINE + FrameLayout.FORMAT_VERSION)) {
            throw new JournalException("format=" + format + ", limit=" + FORMAT_LINE + FrameLayout.FORMAT_VERSION
                    + ", directory=" + path + ", open it with the version of the library that wrote it");
        }
        try {
            return UUID.fromString(lines.get(1).substring(ID_LINE.length()));
        } catch (final RuntimeException e) {
            throw new JournalException(
                    "file=" + path.resolve(Names.MARKER) + " is damaged, put it back from a backup", e);
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
        final List<Segment> segments = new ArrayList<>();
        for (final Path session : sessions()) {
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
                    segments.add(new Segment(number, file, Segment.UNKNOWN, Segment.UNKNOWN, Files.size(file)));
                }
            }
        } catch (final NoSuchFileException e) {
            // The owner has deleted it since.
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
        final List<Path> sessions = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
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
