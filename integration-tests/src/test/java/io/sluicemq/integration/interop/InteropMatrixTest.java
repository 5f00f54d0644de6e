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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every legal pair of socket types over tcp, against both foreign libraries, either side binding. With {@code
 * -Dsluicemq.long=true} no cell is left out, and the result is written to docs/interop.md.
 */
@Timeout(120)
@ExtendWith(LeakCheckExtension.class)
class InteropMatrixTest {

    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    private static final MatrixReport REPORT = new MatrixReport();

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
        return Stream.of(Peers.LIBZMQ, Peers.JEROMQ)
                .flatMap(peer -> Pairing.all().stream()
                        .flatMap(pairing -> Stream.of(true, false).map(weBind -> Arguments.of(peer, pairing, weBind))))
                .peek(row -> REPORT.expect((String) row.get()[0], (Pairing) row.get()[1], (Boolean) row.get()[2]));
    }

    @ParameterizedTest(name = "{0} {1} weBind={2}")
    @MethodSource("rows")
    void shouldCarryEveryLoad(final String peerName, final Pairing pairing, final boolean weBind)
            throws InterruptedException {
        final ZmqPeer peer = peers.require(peerName);

        try (MatrixRow row = new MatrixRow(context, peer, pairing)) {
            row.connect(weBind);
            for (final Column column : Column.values()) {
                if (column != Column.MIB_64 || LONG || (weBind && pairing.isRepresentative())) {
                    long expected = 0;
                    long messages = 0;
                    for (final BulkLoad load : column.loads()) {
                        messages += row.run(load);
                        expected += load.count() * (pairing.flow() == Pairing.Flow.BOTH ? 2 : 1);
                    }
                    assertThat(messages).as(column.title()).isEqualTo(expected);
                    REPORT.passed(peerName, pairing, weBind, column, messages);
                }
            }
        }
    }
}
