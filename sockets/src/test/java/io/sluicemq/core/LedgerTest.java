package io.sluicemq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.ContextOptions;
import io.sluicemq.DropCause;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.Carrier;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.ConnectionAccount;
import io.sluicemq.transport.SocketType;
import io.sluicemq.wire.HandshakeConfig;
import io.sluicemq.wire.PeerMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of peers that exchange received counts, as a transport tells of them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class LedgerTest {
    private static final PeerMetadata PEER =
            HandshakeConfig.builder(SocketType.REQ).countsId(7).build().asPeer();
    private static final int RECEIVED = 3;

    private final ContextCore context =
            new ContextCore(ContextOptions.builder().invoked(true).build());
    private final SocketCore socket = Sockets.rep(context, SocketOptions.DEFAULTS, new Replier());

    @AfterEach
    void close() {
        context.close(Duration.ZERO);
    }

    /** A connection that takes no messages. */
    private static final class Connection implements Carrier {
        private final Pipe pipe;
        private final long number;
        private final boolean begun;
        private final List<Long> told = new ArrayList<>();

        Connection(final Pipe pipe, final long number, final boolean begun) {
            this.pipe = pipe;
            this.number = number;
            this.begun = begun;
        }

        void open() {
            pipe.onOpen(this, PEER);
        }

        void end(final int sent) {
            pipe.onAccount(new ConnectionAccount(number, sent, 0, false, begun, -number, RECEIVED, false, 0));
            pipe.onClosed(CloseReason.IO_ERROR, "broken", 0);
        }

        @Override
        public String remoteAddress() {
            return "test";
        }

        @Override
        public boolean offer(final int kind, final DirectBuffer buffer, final int offset, final int length) {
            return false;
        }

        @Override
        public void flush() {}

        @Override
        public void subscription(final boolean subscribe, final DirectBuffer prefix, final int length) {}

        @Override
        public long number() {
            return number;
        }

        @Override
        public boolean hasPeerBegun() {
            return begun;
        }

        @Override
        public void receivedEarlier(final long peerNumber, final long messages) {
            assertThat(messages).isEqualTo(RECEIVED);
            told.add(peerNumber);
        }

        @Override
        public void resumeReading() {}

        @Override
        public boolean isDrained() {
            return true;
        }

        @Override
        public void finish(final long deadlineNs) {}

        @Override
        public void abort(final CloseReason reason, final String detail) {
            end(0);
        }
    }

    private Connection accept(final long number, final boolean begun) {
        return new Connection(socket.accept("test"), number, begun);
    }

    private void onAgent(final Runnable task) {
        socket.agent().call(() -> {
            task.run();
            return null;
        });
    }

    @Test
    void shouldTellTheLatestConnectionOfAPeerAlsoBesideRecordingsOfIt() {
        final Connection broken = accept(1, true);
        final Connection early = accept(2, false);
        final Connection honest = accept(3, true);
        final Connection late = accept(4, false);
        final Connection gone = accept(5, false);
        onAgent(() -> {
            List.of(broken, early, honest, late, gone).forEach(Connection::open);
            gone.end(0);
            broken.end(0);
        });

        assertThat(honest.told).containsExactly(-1L);
        assertThat(late.told).containsExactly(-1L);
        assertThat(gone.told).isEmpty();
        assertThat(early.told).isEmpty();
    }

    @Test
    void shouldTellAPeerThatHasNotBegunWhenThereIsNoOther() {
        final Connection broken = accept(1, true);
        final Connection back = accept(2, false);
        onAgent(() -> {
            broken.open();
            back.open();
            broken.end(0);
        });

        assertThat(back.told).containsExactly(-1L);
    }

    @Test
    void shouldCountNothingOfAConnectionThatEndsBeforeItIsOpen() {
        final Connection refused = accept(1, true);
        onAgent(() -> refused.end(1));
        final Connection next = accept(2, true);
        onAgent(next::open);
        onAgent(() -> next.end(0));

        assertThat(socket.peers()).isEmpty();
        assertThat(next.told).isEmpty();
        context.close(Duration.ZERO);
        assertThat(socket.stats().dropped(DropCause.IN_FLIGHT_UNKNOWN)).isZero();
    }
}
