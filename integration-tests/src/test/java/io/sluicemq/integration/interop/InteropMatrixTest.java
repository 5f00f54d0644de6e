package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.testkit.peers.BulkLoad;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import io.sluicemq.testkit.peers.ZmqPeer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every legal pair of socket types, against both foreign libraries over tcp and libzmq over ipc, either side binding. With {@code
 * -Dsluicemq.long=true} no cell is left out, and the result is written to docs/interop.md.
 */
@Timeout(120)
@ExtendWith(LeakCheckExtension.class)
class InteropMatrixTest {

    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    private static final MatrixReport REPORT = new MatrixReport();

    /** Foreign sockets leave their files behind. */
    @TempDir
    private static Path folder;

    private static Peers peers;
    private static Context context;

    @BeforeAll
    static void start() {
        peers = Peers.start();
        context = Context.create();
    }

    @AfterAll
    static void close() throws IOException {
        try {
            if (REPORT.isComplete()) {
                REPORT.write(
                        Path.of(System.getProperty("basedir", ".")).resolve("../docs/interop.md"), peers.versions());
            }
        } finally {
            context.close();
            context = null;
            peers.close();
        }
    }

    static Stream<Arguments> rows() {
        return Stream.of(Way.values())
                .flatMap(way -> way.pairings(LONG)
                        .flatMap(pairing -> Stream.of(true, false).map(weBind -> Arguments.of(way, pairing, weBind))))
                .peek(row -> REPORT.expect((Way) row.get()[0], (Pairing) row.get()[1], (Boolean) row.get()[2]));
    }

    @ParameterizedTest(name = "{0} {1} weBind={2}")
    @MethodSource("rows")
    void shouldCarryEveryLoad(final Way way, final Pairing pairing, final boolean weBind) throws InterruptedException {
        final ZmqPeer peer = peers.require(way.peer());

        try (MatrixRow row = new MatrixRow(context, peer, pairing)) {
            row.connect(weBind ? way.any() : way.theirAny(folder), weBind);
            for (final Column column : Column.values()) {
                if (column != Column.MIB_64 || LONG || (weBind && pairing.isRepresentative())) {
                    long expected = 0;
                    long messages = 0;
                    for (final BulkLoad load : column.loads()) {
                        messages += row.run(load);
                        expected += load.count() * (pairing.flow() == Pairing.Flow.BOTH ? 2 : 1);
                    }
                    assertThat(messages).as(column.title()).isEqualTo(expected);
                    REPORT.passed(way, pairing, weBind, column, messages);
                }
            }
        }
    }
}
