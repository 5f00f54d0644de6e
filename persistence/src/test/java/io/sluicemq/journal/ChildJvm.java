package io.sluicemq.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command of a JVM like this one. */
public final class ChildJvm {
    /** Most of the time of a short program is that of its start. */
    private static final List<String> FLAGS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");

    private ChildJvm() {}

    static List<String> bare() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    static List<String> command() {
        final List<String> command = new ArrayList<>(bare());
        command.addAll(FLAGS);
        return command;
    }

    /**
     * What starts a program, to which its arguments may be added.
     *
     * @param program with a main method.
     * @param flags of the JVM, beside those that the journal needs.
     * @return a new list.
     */
    public static List<String> command(final Class<?> program, final String... flags) {
        final List<String> command = command();
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        return command;
    }
}
