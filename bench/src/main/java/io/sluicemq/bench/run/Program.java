package io.sluicemq.bench.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that can be started, with its flags. */
enum Program {
    SLUICE("SluicePerf"),
    JEROMQ("JeroMqPerf"),
    RING("RingPerf"),
    NIO("NioPerf"),
    QUIC("QuicPerf"),
    AERON("AeronPerf"),
    JOURNAL("JournalPerf"),
    CHRONICLE("ChroniclePerf"),
    DURABLE("DurablePerf"),
    MQTT("MqttPerf"),
    LIBZMQ(null);

    private static final String PACKAGE = "io.sluicemq.bench.";

    private final String mainClass;

    Program(final String mainClass) {
        this.mainClass = mainClass;
    }

    /** The command up to its arguments. */
    List<String> command(final Path benchTarget, final Shape shape) {
        final List<String> command = new ArrayList<>();
        if (mainClass == null) {
            command.add(benchTarget.resolve("libzmq_perf").toString());
            return command;
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
        if (shape.medium() == Shape.Medium.DIRECTORY || shape.isDurable()) {
            command.addAll(List.of(
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED"));
        }
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        if (shape.isIdle()) {
            // A young generation that cannot hide what connections cost, nor add much of its own.
            command.addAll(List.of("-XX:+UseSerialGC", "-Xmn4m"));
        }
        command.add("-cp");
        command.add(benchTarget.resolve("bench.jar").toString());
        command.add(PACKAGE + mainClass);
        return command;
    }
}
