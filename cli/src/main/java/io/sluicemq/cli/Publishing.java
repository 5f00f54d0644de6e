package io.sluicemq.cli;

import io.sluicemq.Message;
import io.sluicemq.PublisherOptions;
import io.sluicemq.Socket;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What PUB and XPUB have in common: from a shell, lines shall not vanish unless the user says so. */
final class Publishing {
    /** Subscriptions follow the handshake at once; a subscriber to other topics only is waited for no longer than this. */
    private static final Duration SUBSCRIPTION_WAIT = Duration.ofMillis(200);

    @Mixin
    private WaitPeers waitPeers;

    @Mixin
    private Linger linger;

    @Option(
            names = "--drop",
            description = "drop messages for a subscriber that is full, as PUB sockets do (default: wait for it)")
    private boolean drop;

    void check() {
        waitPeers.check();
        linger.check();
    }

    PublisherOptions options() {
        return PublisherOptions.builder().noDrop(!drop).build();
    }

    Duration linger(final Limits limits) {
        return linger.duration(limits);
    }

    /** Waits for peers, then for their subscriptions to the topic of the first message. */
    Exchange.Start start(final Socket socket, final Subscribers subscribers, final Limits limits) {
        final int wanted = waitPeers.peers(1);
        return first -> {
            if (wanted == 0) {
                return true;
            }
            if (!socket.awaitPeers(wanted, limits.timeout())) {
                return false;
            }
            subscribers.await(topic(first), wanted, SUBSCRIPTION_WAIT);
            return true;
        };
    }

    private static String topic(final Message first) {
        return first.text(0);
    }

    /** Of either socket type: waits until a topic has subscribers. */
    interface Subscribers {
        boolean await(String topic, int count, Duration timeout) throws InterruptedException;
    }
}
