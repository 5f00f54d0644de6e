package io.sluicemq.cli;

import io.sluicemq.Socket;
import picocli.CommandLine.Option;

/** How many peers a sender wants to see before its first message. */
final class WaitPeers {
    @Option(
            names = "--wait-peers",
            paramLabel = "N",
            description =
                    "wait until N peers have shaken hands before the first message (default 0; pub, xpub, xsub: 1)")
    private Integer peers;

    void check() {
        if (peers != null) {
            Numbers.atLeast("wait-peers", peers, 0, Numbers.GIVE_MORE);
        }
    }

    int peers(final int defaultPeers) {
        return peers == null ? defaultPeers : peers;
    }

    Exchange.Start start(final Socket socket, final Limits limits, final int defaultPeers) {
        return first -> socket.awaitPeers(peers(defaultPeers), limits.timeout());
    }
}
