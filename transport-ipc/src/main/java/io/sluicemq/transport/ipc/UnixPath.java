package io.sluicemq.transport.ipc;

import io.sluicemq.transport.Endpoint;
import java.io.File;
import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The address part of an endpoint that is a path of a Unix-domain socket. Parsing touches no file.
 *
 * @param path as it was written, relative ones too; null for {@code *}, a fresh path.
 */
record UnixPath(Path path) {
    private static final String WILDCARD = "*";

    /** Room for a path in the system's socket address, without the NUL at its end. */
    private static final int MAX_BYTES =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac") ? 103 : 107;

    /** How the JDK writes the names of files. */
    private static final Charset ENCODING = Charset.forName(
            System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));

    static UnixPath parse(final Endpoint endpoint) {
        final String text = endpoint.address();
        if (WILDCARD.equals(text)) {
            return new UnixPath(null);
        }
        if (text.startsWith("@")) {
            throw wrong(endpoint, "a path in the file system, as the JDK cannot use abstract names");
        }
        if (text.isEmpty() || text.endsWith("/") || text.endsWith(File.separator)) {
            throw wrong(endpoint, "a path that names a file");
        }
        final Path path;
        try {
            path = Path.of(text);
        } catch (final InvalidPathException e) {
            throw wrong(endpoint, "a path that this system can write (" + e.getReason() + ")");
        }
        requireFits(endpoint, path, "choose a shorter path, or one relative to the working directory");
        return new UnixPath(path);
    }

    /** Checks what only holds for connecting. */
    static UnixPath parseRemote(final Endpoint endpoint) {
        final UnixPath remote = parse(endpoint);
        if (remote.isWildcard()) {
            throw wrong(endpoint, "a path to connect to");
        }
        return remote;
    }

    private static IllegalArgumentException wrong(final Endpoint endpoint, final String limit) {
        final String scheme = endpoint.scheme();
        final String name = ShmTransport.SCHEME.equals(scheme) ? scheme + "://name, " : "";
        return new IllegalArgumentException("endpoint=" + endpoint + ", limit=" + limit + ", write " + name + scheme
                + ":///absolute/path, " + scheme + "://relative/path or " + scheme
                + "://* (a fresh path, bind only), of at most " + MAX_BYTES + " bytes");
    }

    boolean isWildcard() {
        return path == null;
    }

    /** Whether a path fits into the system's socket address. */
    static boolean fits(final Path path) {
        return bytes(path) <= MAX_BYTES;
    }

    static void requireFits(final Endpoint endpoint, final Path path, final String remedy) {
        if (!fits(path)) {
            throw new IllegalArgumentException("endpoint=" + endpoint + ", path=" + path + ", pathBytes=" + bytes(path)
                    + ", limit=" + MAX_BYTES + ", " + remedy);
        }
    }

    private static int bytes(final Path path) {
        return path.toString().getBytes(ENCODING).length;
    }
}
