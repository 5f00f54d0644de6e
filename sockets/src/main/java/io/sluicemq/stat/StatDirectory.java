package io.sluicemq.stat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder {@code <tmp>/sluicemq-<user>} with one file {@code <pid>}, or {@code <pid>-<n>}, for each context. Owner-only;
 * where the file system has no POSIX permissions, the user's temporary folder is taken to be private.
 *
 * <p>A file is live if its process is, and started when the file says. Processes that share the folder but not the process
 * ids (containers) may take each other's files for stale; statistics of the other then end, nothing else.
 */
final class StatDirectory {
    private static final Pattern FILE_NAME = Pattern.compile("([0-9]{1,18})(-[0-9]{1,9})?");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    /** Start times come from the clock of the machine, which may be set meanwhile. */
    private static final long START_TOLERANCE_MS = 2_000;

    private static final int MAX_FILES_PER_PROCESS = 1_000;

    private final Path directory;
    private final boolean posix;

    StatDirectory(final Path temporaryDirectory) {
        final String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
        directory = temporaryDirectory.resolve("sluicemq-" + user);
        posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** When this process started, in milliseconds of the epoch; 0 if that cannot be told. */
    static long startOfThisProcessMs() {
        return startMs(ProcessHandle.current());
    }

    /** Creates an empty file for a context of this process, and removes those of dead processes. */
    Path createFile() throws IOException {
        createDirectory();
        final Path file = createFileBeside();
        // A folder of somebody else with these permissions would be one that only root can have entered.
        if (posix && !Files.getOwner(file).equals(Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS))) {
            Files.deleteIfExists(file);
            throw new IOException("owner(" + directory + ")=" + Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
                    + ", limit=the user of this process, remove the folder");
        }
        for (final Path other : files()) {
            if (!isLive(other)) {
                Files.deleteIfExists(other);
            }
        }
        return file;
    }

    /** The files of live processes; none if the folder is missing or not ours alone. */
    List<Path> liveFiles() throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        checkDirectory();
        final List<Path> live = files();
        live.removeIf(file -> !isLive(file));
        Collections.sort(live);
        return live;
    }

    private void createDirectory() throws IOException {
        try {
            Files.createDirectory(directory, ownerOnly("rwx------"));
        } catch (final FileAlreadyExistsException e) {
            // As wanted, if it is what it should be.
        }
        checkDirectory();
    }

    private void checkDirectory() throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("type(" + directory + ")=link or file, limit=folder, remove it");
        }
        if (posix) {
            final Set<PosixFilePermission> permissions =
                    Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw new IOException("permissions(" + directory + ")=" + PosixFilePermissions.toString(permissions)
                        + ", limit=rwx------, remove the folder or take the rights of others away");
            }
        }
    }

    private Path createFileBeside() throws IOException {
        final long pid = ProcessHandle.current().pid();
        for (int i = 0; i < MAX_FILES_PER_PROCESS; i++) {
            final Path file = directory.resolve(i == 0 ? Long.toString(pid) : pid + "-" + i);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isLive(file)) {
                Files.deleteIfExists(file);
            }
            try {
                return Files.createFile(file, ownerOnly("rw-------"));
            } catch (final FileAlreadyExistsException e) {
                // Another context of this process has it: try the next name.
            }
        }
        throw new IOException("contexts=" + MAX_FILES_PER_PROCESS + ", limit=" + MAX_FILES_PER_PROCESS
                + " with statistics in one process, close some");
    }

    private FileAttribute<?>[] ownerOnly(final String permissions) {
        if (!posix) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    private List<Path> files() throws IOException {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, StatDirectory::isStatFile)) {
            entries.forEach(files::add);
        }
        return files;
    }

    private static boolean isStatFile(final Path file) {
        return FILE_NAME.matcher(file.getFileName().toString()).matches()
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isLive(final Path file) {
        final Matcher name = FILE_NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return false;
        }
        final long pid = Long.parseLong(name.group(1));
        final ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        if (process == null || !process.isAlive()) {
            return false;
        }
        final long startMs = startMs(process);
        final long fileStartMs = startIn(file, startMs);
        // This process knows its own start exactly, so the file of a former process with its id is found out.
        final long toleranceMs = pid == ProcessHandle.current().pid() ? 0 : START_TOLERANCE_MS;
        return startMs == 0 || fileStartMs == 0 || Math.abs(startMs - fileStartMs) <= toleranceMs;
    }

    /** The start of the process that the file names, or the default while its header is not complete. */
    private static long startIn(final Path file, final long defaultMs) {
        final byte[] header = new byte[StatLayout.START_OFFSET + Long.BYTES];
        try (RandomAccessFile input = new RandomAccessFile(file.toFile(), "r")) {
            input.readFully(header);
        } catch (final IOException e) {
            return defaultMs;
        }
        final ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
        final boolean complete = fields.getLong(StatLayout.MAGIC_OFFSET) == StatLayout.MAGIC;
        return complete ? fields.getLong(StatLayout.START_OFFSET) : defaultMs;
    }

    private static long startMs(final ProcessHandle process) {
        return process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
    }
}
