package io.sluicemq.testkit.peers;

import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;

/** Which objects of this project are reachable: what holds the memory that is left behind is among them. */
final class LiveObjects {
    private static final int MAX_LINES = 60;

    private LiveObjects() {}

    /** A line for each class, with its instances and bytes; as the JVM's own histogram says, after a collection. */
    static String histogram() {
        try {
            final Object text = ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return text.toString()
                    .lines()
                    .filter(line -> line.contains("io.sluicemq."))
                    .limit(MAX_LINES)
                    .collect(Collectors.joining("\n"));
        } catch (final JMException e) {
            return "unknown: " + e;
        }
    }
}
