package io.sluicemq.integration.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the cells of the matrix and writes them as a page, the same for the same results. */
final class MatrixReport {

    private static final String HEAD = """
            # Interoperability

            Every socket type of SluiceMQ with every type that it may talk to, against libzmq in a process of its own, over
            tcp and ipc, and JeroMQ in the same JVM, over tcp: the ipc of JeroMQ 0.6 is a tcp port in disguise, which nobody else knows. The test `InteropMatrixTest` writes this page when all its cells have passed:

                mvn -B verify -pl integration-tests -am -Dsluicemq.long=true -Dtest=InteropMatrixTest -Dsurefire.failIfNoSpecifiedTests=false

            A cell `ok N` says that N messages arrived in order, each compared byte by byte: with "both ways" N counts both
            directions, with "ask" the replies. Sizes are those of a frame; the columns from 0 B to 64 KiB hold messages of one frame
            and of three.

            """;

    private final Map<String, Map<Column, Long>> rows = new LinkedHashMap<>();
    private final Map<Way, List<String>> rowsByWay = new LinkedHashMap<>();
    private final Map<String, String> titles = new LinkedHashMap<>();

    /** Announces a row, so that one that fails is missed. */
    void expect(final Way way, final Pairing pairing, final boolean weBind) {
        final String key = key(way, pairing, weBind);
        rows.put(key, new EnumMap<>(Column.class));
        rowsByWay.computeIfAbsent(way, name -> new ArrayList<>()).add(key);
        titles.put(
                key,
                "| " + pairing.ours() + " | " + pairing.theirs() + " | " + (weBind ? "we bind" : "they bind") + " | "
                        + pairing.flow().text() + " |");
    }

    void passed(final Way way, final Pairing pairing, final boolean weBind, final Column column, final long messages) {
        rows.get(key(way, pairing, weBind)).put(column, messages);
    }

    boolean isComplete() {
        return rows.values().stream().allMatch(cells -> cells.size() == Column.values().length);
    }

    void write(final Path file, final Map<String, String> versions) throws IOException {
        final StringBuilder text = new StringBuilder(HEAD);
        for (final Map.Entry<Way, List<String>> way : rowsByWay.entrySet()) {
            text.append("## ")
                    .append(versions.get(way.getKey().peer()))
                    .append(" over ")
                    .append(way.getKey().transport())
                    .append("\n\n| ours | theirs | bind | messages |");
            final StringBuilder rule = new StringBuilder("|---|---|---|---|");
            for (final Column column : Column.values()) {
                text.append(' ').append(column.title()).append(" |");
                rule.append("---|");
            }
            text.append('\n').append(rule).append('\n');
            for (final String key : way.getValue()) {
                text.append(titles.get(key));
                rows.get(key)
                        .values()
                        .forEach(
                                messages -> text.append(" ok ").append(messages).append(" |"));
                text.append('\n');
            }
            text.append('\n');
        }
        text.setLength(text.length() - 1);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String key(final Way way, final Pairing pairing, final boolean weBind) {
        return way + " " + pairing + " " + weBind;
    }
}
