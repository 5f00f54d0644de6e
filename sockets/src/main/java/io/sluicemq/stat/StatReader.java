package io.sluicemq.stat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads statistics files of running contexts, those of other processes too. Any thread; no state.
 *
 * <p>Bytes are copied out of the file and never mapped, so that a file that is truncated meanwhile is an IOException here
 * and not the end of this process. Whatever the bytes are, the outcome is a snapshot or an IOException.
 */
public final class StatReader {
    private StatReader() {}

    /**
     * The files of this user's running processes, in {@code java.io.tmpdir}.
     *
     * @throws IOException if the folder cannot be read, or is not this user's alone.
     */
    public static List<Path> list() throws IOException {
        return list(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * The files of this user's running processes, in another temporary folder.
     *
     * @throws IOException if the folder cannot be read, or is not this user's alone.
     */
    public static List<Path> list(final Path temporaryDirectory) throws IOException {
        return new StatDirectory(temporaryDirectory).liveFiles();
    }

    /**
     * Reads one file; that of a process that was killed can be read as well.
     *
     * @throws IOException if it is gone, cut short, or not a statistics file of this version; the text says which.
     */
    public static StatSnapshot open(final Path file) throws IOException {
        try (StatParser parser = new StatParser(file)) {
            return parser.parse();
        }
    }
}
