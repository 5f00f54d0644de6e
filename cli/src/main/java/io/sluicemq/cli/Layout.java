package io.sluicemq.cli;

import picocli.CommandLine.Option;

/** How messages stand on lines, as the user wants it. */
final class Layout {
    @Option(names = "--frames", description = "a TAB parts the frames of a message (default: a line is one frame)")
    private boolean frames;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}: bytes as they are, or hexadecimal digits (default text)")
    private Format format = Format.text;

    LineLayout lineLayout(final boolean routingIds) {
        return new LineLayout(frames || routingIds, format == Format.hex, routingIds);
    }

    /** Named as users write them. */
    enum Format {
        text,
        hex
    }
}
