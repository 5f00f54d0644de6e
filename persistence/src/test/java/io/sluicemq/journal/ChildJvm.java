package io.sluicemq.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a JVM like this one. */
final class ChildJvm {
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
}
