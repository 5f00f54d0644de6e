package io.sluicemq.integration.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.PubSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubSocket;
import io.sluicemq.XPubSocket;
import io.sluicemq.testkit.peers.BulkLoad;
import io.sluicemq.testkit.peers.PeerOption;
import io.sluicemq.testkit.peers.PeerSocket;
import io.sluicemq.testkit.peers.PeerSocketType;
import io.sluicemq.testkit.peers.PeerTask;
import io.sluicemq.testkit.peers.ZmqPeer;
import java.time.Duration;
import java.util.List;

/** One connection between a socket of ours and one of theirs, over which the loads of all columns go. */
final class MatrixRow implements AutoCloseable {

    private static final byte[] OUR_ID = {'o', 'u', 'r', 's'};
    private static final byte[] THEIR_ID = {'t', 'h', 'e', 'i', 'r', 's'};
    private static final byte[] DELIMITER = {};
    private static final byte[] SUBSCRIBE_ALL = {1};

    /** Room for a whole load, as publishers drop what has none. */
    private static final int PUBLISHER_RING_BYTES = 8 << 20;

    private static final Duration LIMIT = OurSocket.LIMIT;

    private final Pairing pairing;
    private final OurSocket ours;
    private final PeerSocket theirs;

    MatrixRow(final Context context, final ZmqPeer peer, final Pairing pairing) {
        this.pairing = pairing;
        ours = OurSocket.open(context, pairing.ours(), ourOptions(pairing));
        theirs = peer.open(pairing.theirs());
        configureTheirs();
    }

    private static SocketOptions ourOptions(final Pairing pairing) {
        final SocketOptions.Builder options = SocketOptions.builder();
        if (pairing.ours() == PeerSocketType.ROUTER || pairing.theirs() == PeerSocketType.ROUTER) {
            options.routingId(OUR_ID);
        }
        if (pairing.wePublish()) {
            options.sendHighWaterMark(0).ringBytes(PUBLISHER_RING_BYTES);
        }
        return options.build();
    }

    private void configureTheirs() {
        if (pairing.ours() == PeerSocketType.ROUTER || pairing.theirs() == PeerSocketType.ROUTER) {
            theirs.option(PeerOption.IDENTITY, THEIR_ID);
        }
        if (pairing.theirs() == PeerSocketType.ROUTER) {
            theirs.option(PeerOption.ROUTER_MANDATORY, 1);
        }
        if (pairing.theyPublish()) {
            theirs.option(PeerOption.SEND_HWM, 0);
        }
        if (pairing.theirs() == PeerSocketType.SUB) {
            theirs.subscribe(new byte[0]);
        }
    }

    /** Connects and waits until messages get through; the endpoint is for the side that binds. */
    void connect(final String endpoint, final boolean weBind) throws InterruptedException {
        if (pairing.ours() == PeerSocketType.SUB) {
            ((SubSocket) ours.socket()).subscribe("");
        }
        if (weBind) {
            theirs.connect(ours.socket().bind(endpoint));
        } else {
            ours.socket().connect(theirs.bind(endpoint));
        }
        assertThat(ours.socket().awaitPeers(1, LIMIT)).as("handshake").isTrue();
        subscribeBySending();
        if (pairing.wePublish()) {
            assertThat(awaitSubscriber()).as("subscription").isTrue();
        } else if (pairing.theyPublish()) {
            awaitFirstPublication();
        }
    }

    private void subscribeBySending() throws InterruptedException {
        if (pairing.ours() == PeerSocketType.XSUB) {
            ours.send(List.of(SUBSCRIBE_ALL));
        } else if (pairing.theirs() == PeerSocketType.XSUB) {
            assertThat(theirs.send(LIMIT, SUBSCRIBE_ALL)).isTrue();
        }
    }

    /** A foreign socket that is bound sends its subscriptions only when its application calls it. */
    private boolean awaitSubscriber() throws InterruptedException {
        final long endNs = System.nanoTime() + LIMIT.toNanos();
        boolean there = false;
        while (!there && System.nanoTime() < endNs) {
            assertThat(theirs.receive(Duration.ZERO)).isEmpty();
            there = awaitSubscriber(Duration.ofMillis(20));
        }
        return there;
    }

    private boolean awaitSubscriber(final Duration timeout) throws InterruptedException {
        return ours.socket() instanceof PubSocket pub
                ? pub.awaitSubscribers("", 1, timeout)
                : ((XPubSocket) ours.socket()).awaitSubscribers("", 1, timeout);
    }

    private void awaitFirstPublication() throws InterruptedException {
        final long endNs = System.nanoTime() + LIMIT.toNanos();
        do {
            assertThat(System.nanoTime())
                    .as("time to get the subscription through")
                    .isLessThan(endNs);
            theirs.sendText(Duration.ZERO, OurSocket.SYNC);
        } while (ours.receive(Duration.ofMillis(20)).isEmpty());
    }

    /** Sends a load as the pair's flow has it, and returns how many messages were compared byte by byte. */
    long run(final BulkLoad load) throws InterruptedException {
        return switch (pairing.flow()) {
            case SEND -> send(load);
            case RECEIVE -> receive(load);
            case BOTH -> send(load) + receive(load);
            case ASK -> ask(load);
            case ANSWER -> answer(load);
        };
    }

    private long send(final BulkLoad load) throws InterruptedException {
        final PeerTask received =
                theirs.receiveBulk(pairing.theirs() == PeerSocketType.ROUTER ? load.withPrefix(OUR_ID) : load, LIMIT);
        ours.sendBulk(pairing.ours() == PeerSocketType.ROUTER ? load.withPrefix(THEIR_ID) : load);
        return received.await();
    }

    private long receive(final BulkLoad load) throws InterruptedException {
        final PeerTask sent =
                theirs.sendBulk(pairing.theirs() == PeerSocketType.ROUTER ? load.withPrefix(OUR_ID) : load, LIMIT);
        ours.receiveBulk(pairing.ours() == PeerSocketType.ROUTER ? load.withPrefix(THEIR_ID) : load);
        return sent.await();
    }

    private long ask(final BulkLoad load) throws InterruptedException {
        final PeerTask echoed = theirs.echo(load.count(), LIMIT);
        ours.exchangeBulk(
                pairing.ours() == PeerSocketType.DEALER ? load.withPrefix(DELIMITER) : load, pairing.window());
        return echoed.await();
    }

    private long answer(final BulkLoad load) throws InterruptedException {
        final PeerTask exchanged = theirs.exchangeBulk(
                pairing.theirs() == PeerSocketType.DEALER ? load.withPrefix(DELIMITER) : load, pairing.window(), LIMIT);
        ours.echo(load.count());
        return exchanged.await();
    }

    @Override
    public void close() {
        ours.close();
        theirs.close();
    }
}
