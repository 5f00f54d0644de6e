package io.sluicemq.core;

/** Looks for the one JVM flag that Agrona needs, so that a program without it is told so before anything else. */
final class RuntimeFlags {
    private static final String FLAG = "--add-exports java.base/jdk.internal.misc=";

    private RuntimeFlags() {}

    static void check() {
        final Module agrona = org.agrona.DirectBuffer.class.getModule();
        if (!Object.class.getModule().isExported("jdk.internal.misc", agrona)) {
            final String target = agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED";
            throw new IllegalStateException(
                    "jdk.internal.misc is not exported to Agrona, limit=exported, start java with " + FLAG + target
                            + " or put 'Add-Exports: java.base/jdk.internal.misc' into the jar's manifest");
        }
    }
}
