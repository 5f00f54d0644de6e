package io.sluicemq.testkit.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.opentest4j.TestAbortedException;

@Timeout(60)
@ExtendWith(LeakCheckExtension.class)
class LibzmqPeerTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @BeforeEach
    void requireLibzmq() {
        PeerAssumptions.requireLibzmq();
    }

    @Test
    void shouldSayItsVersions() {
        try (LibzmqPeer peer = LibzmqPeer.start()) {

            final String version = peer.version();

            assertThat(version).matches("\\d+\\.\\d+\\.\\d+ \\d+\\.\\d+.*");
        }
    }

    @Test
    void shouldFailWithPeersReasonWhenVerbIsRefused() {
        try (LibzmqPeer peer = LibzmqPeer.start();
                PeerSocket pull = peer.open(PeerSocketType.PULL)) {

            assertThatThrownBy(() -> pull.bind("tcp://nonsense"))
                    .isInstanceOf(PeerException.class)
                    .hasMessageContaining("bind")
                    .hasMessageContaining("Invalid argument")
                    .hasMessageContaining("pid=" + peer.pid());
        }
    }

    @Test
    void shouldFailWaitingVerbsWhenKilled() {
        try (LibzmqPeer peer = LibzmqPeer.start()) {
            final PeerSocket pull = peer.open(PeerSocketType.PULL);
            pull.bind("tcp://127.0.0.1:*");
            final PeerTask waiting = pull.receiveBulk(BulkLoad.of(1, 1), LIMIT);

            peer.kill();

            assertThat(peer.isAlive()).isFalse();
            assertThatThrownBy(waiting::await).isInstanceOf(PeerException.class).hasMessageContaining("exit=137");
            assertThatThrownBy(() -> peer.open(PeerSocketType.PULL)).isInstanceOf(PeerException.class);
        }
    }

    @Test
    void shouldReportWrongContentOfBulk() {
        try (LibzmqPeer peer = LibzmqPeer.start();
                PeerSocket pull = peer.open(PeerSocketType.PULL);
                PeerSocket push = peer.open(PeerSocketType.PUSH)) {
            push.connect(pull.bind("tcp://127.0.0.1:*"));
            final byte[] wrong = BulkPattern.frame(0, 40);
            wrong[20]++;

            push.send(LIMIT, wrong);

            final PeerTask received = pull.receiveBulk(BulkLoad.of(1, 40), LIMIT);
            assertThatThrownBy(received::await).hasMessageContaining("position=20 byte=21, expected=20");
        }
    }

    @Test
    void shouldReportHowFarBulkCameWhenTimeIsOver() {
        try (LibzmqPeer peer = LibzmqPeer.start();
                PeerSocket pull = peer.open(PeerSocketType.PULL);
                PeerSocket push = peer.open(PeerSocketType.PUSH)) {
            push.connect(pull.bind("tcp://127.0.0.1:*"));
            push.sendBulk(BulkLoad.of(3, 10), LIMIT).await();

            final PeerTask received = pull.receiveBulk(BulkLoad.of(4, 10), Duration.ofMillis(300));

            assertThatThrownBy(received::await).hasMessageContaining("received=3 of count=4");
        }
    }

    @Test
    void shouldSkipOutsideCiAndFailInCiWhenProgramIsMissing() {
        assertThatThrownBy(() -> PeerAssumptions.require("no file", "libzmq", "install it", false))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("install it");
        assertThatThrownBy(() -> PeerAssumptions.require("no file", "libzmq", "install it", true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("install it");
    }
}
