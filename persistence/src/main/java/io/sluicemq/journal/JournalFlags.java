package io.sluicemq.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks, before a class of Chronicle is touched, that the JVM was started with what it needs: without, it fails late and with an
 * error that names none of it, or believes that the files are read-only. Any thread.
 */
public final class JournalFlags {
    private JournalFlags() {}

    /**
     * Does nothing when the JVM has all that the journal needs.
     *
     * @throws IllegalStateException that names the missing flags, as one writes them on the command line.
     */
    public static void check() {
        final Module base = Object.class.getModule();
        final List<String> missing = missingToRead();
        if (!base.isExported("sun.nio.ch", ours())) {
            missing.add("--add-exports java.base/sun.nio.ch=ALL-UNNAMED");
        }
        if (!base.isOpen("java.lang.reflect", ours())) {
            missing.add("--add-opens java.base/java.lang.reflect=ALL-UNNAMED");
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException("the journal needs JVM flags that are missing: " + String.join(" ", missing)
                    + ", start java with them, before -cp or -jar; wanted too, against a warning:"
                    + " --add-exports java.base/jdk.internal.ref=ALL-UNNAMED");
        }
    }

    /** For who only reads, which takes Agrona alone. */
    static void checkToRead() {
        final List<String> missing = missingToRead();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("a reader of a journal needs a JVM flag that is missing: "
                    + String.join(" ", missing) + ", start java with it, before -cp or -jar");
        }
    }

    private static List<String> missingToRead() {
        final List<String> missing = new ArrayList<>();
        if (!Object.class.getModule().isExported("jdk.internal.misc", ours())) {
            missing.add("--add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
        }
        return missing;
    }

    private static Module ours() {
        return JournalFlags.class.getClassLoader().getUnnamedModule();
    }
}
