package io.sluicemq.transport.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of a private key that others may read. No more than that: what runs today must run after an update. May block. */
final class KeyFileMode {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFileMode.class);

    private KeyFileMode() {}

    static void warnIfOthersMayRead(final Path file) {
        try {
            final PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            // Null on file systems that have no such modes.
            if (view != null) {
                final Set<PosixFilePermission> mode = view.readAttributes().permissions();
                if (mode.contains(PosixFilePermission.GROUP_READ) || mode.contains(PosixFilePermission.OTHERS_READ)) {
                    LOG.warn(
                            "privateKeyFile={}, mode={}, limit=to be read by its owner alone, run: chmod 600 {}",
                            file,
                            PosixFilePermissions.toString(mode),
                            file);
                }
            }
        } catch (final IOException e) {
            LOG.debug("the mode of privateKeyFile={} is not known", file, e);
        }
    }
}
