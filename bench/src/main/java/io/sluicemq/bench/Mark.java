package io.sluicemq.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How the two processes of a run tell each other how far they are: by empty files in its directory. */
final class Mark {
    /** There is something to connect to. */
    static final String LISTENING = "listening";

    /** What is published from now on will be delivered. */
    static final String SUBSCRIBED = "subscribed";

    /** All was received. */
    static final String DONE = "done";

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private Mark() {}

    static void put(final Path directory, final String name) throws IOException {
        Files.createDirectories(directory);
        Files.createFile(directory.resolve(name));
    }

    static void await(final Path directory, final String name) {
        final long startNs = System.nanoTime();
        while (!Files.exists(directory.resolve(name))) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new IllegalStateException("mark=" + name + ", limit=60 s, see what the other process says");
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }
}
