package io.sluicemq.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * The file that says what the directory is: the format, and the id of the journal. If its bytes are damaged, the headers of the segments
 * say the same. Stateless.
 */
final class Marker {
    private static final String FORMAT_LINE = "sluicemq-journal ";
    private static final String ID_LINE = "id ";
    private static final Pattern ANY_FORMAT = Pattern.compile(FORMAT_LINE + "[0-9]{1,9}");

    private Marker() {}

    /** Of a journal that is there. Writes nothing. */
    static UUID id(final Path directory) throws IOException {
        return check(directory, read(directory));
    }

    /** Of a journal that is there; a marker that is damaged is written anew. To be called with the lock. */
    static UUID idRepaired(final Path directory, final Disk disk) throws IOException {
        final UUID named = read(directory);
        final UUID id = check(directory, named);
        if (!id.equals(named)) {
            write(directory, id, disk);
            LoggerFactory.getLogger(Journal.class)
                    .warn("file={} was damaged, and has the id of the segments now", directory.resolve(Names.MARKER));
        }
        return id;
    }

    /** The id that it names; null if it is damaged. */
    private static UUID read(final Path directory) throws IOException {
        final String[] lines;
        try {
            // Bytes that are no UTF-8 are damage too.
            lines = new String(Files.readAllBytes(directory.resolve(Names.MARKER)), StandardCharsets.UTF_8)
                    .split("\n", -1);
        } catch (final NoSuchFileException e) {
            throw new JournalException(
                    "directory=" + directory + " holds no journal: it has no file " + Names.MARKER, e);
        } catch (final AccessDeniedException e) {
            throw new JournalException("directory=" + directory + " cannot be read, change its rights", e);
        }
        if (!ANY_FORMAT.matcher(lines[0]).matches()) {
            return null;
        }
        if (!lines[0].equals(FORMAT_LINE + FrameLayout.FORMAT_VERSION)) {
            throw new JournalException("format=" + lines[0] + ", limit=" + FORMAT_LINE + FrameLayout.FORMAT_VERSION
                    + ", directory=" + directory + ", open it with the version of the library that wrote it");
        }
        if (lines.length < 2 || !lines[1].startsWith(ID_LINE)) {
            return null;
        }
        try {
            final UUID id = UUID.fromString(lines[1].substring(ID_LINE.length()));
            return lines[1].equals(ID_LINE + id) ? id : null;
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }

    /** It is there as a whole, and on the disk, or not at all. */
    static void write(final Path directory, final UUID id, final Disk disk) throws IOException {
        final Path draft = directory.resolve(Names.MARKER + ".new");
        Files.writeString(
                draft, FORMAT_LINE + FrameLayout.FORMAT_VERSION + "\n" + ID_LINE + id + "\n", StandardCharsets.UTF_8);
        disk.force(draft);
        Files.move(draft, directory.resolve(Names.MARKER), StandardCopyOption.ATOMIC_MOVE);
        disk.forceDirectory(directory);
    }

    /** Not what the marker names, if it is known to be wrong: with another id, no record would be found to be one of ours. */
    private static UUID check(final Path directory, final UUID named) throws IOException {
        final Set<UUID> ids = new HashSet<>();
        for (final Segment segment : JournalDirectory.segmentsOf(directory)) {
            final UUID id = idOf(segment);
            if (id != null && id.equals(named)) {
                return named;
            }
            if (id != null) {
                ids.add(id);
            }
        }
        if (ids.size() == 1) {
            return ids.iterator().next();
        }
        if (named == null) {
            throw new JournalException("file=" + directory.resolve(Names.MARKER) + " is damaged, ids in the segments="
                    + ids.size() + ", limit=1, put it back from a backup, or give the journal an empty directory");
        }
        return named;
    }

    private static UUID idOf(final Segment segment) throws IOException {
        try (SegmentMap map = SegmentMap.open(segment.path(), segment.number())) {
            return SegmentHeader.readJournal(map);
        } catch (final NoSuchFileException e) {
            // The owner has deleted it since.
            return null;
        }
    }
}
