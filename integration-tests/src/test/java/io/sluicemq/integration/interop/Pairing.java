package io.sluicemq.integration.interop;

import static io.sluicemq.testkit.peers.PeerSocketType.DEALER;
import static io.sluicemq.testkit.peers.PeerSocketType.PAIR;
import static io.sluicemq.testkit.peers.PeerSocketType.PUB;
import static io.sluicemq.testkit.peers.PeerSocketType.PULL;
import static io.sluicemq.testkit.peers.PeerSocketType.PUSH;
import static io.sluicemq.testkit.peers.PeerSocketType.REP;
import static io.sluicemq.testkit.peers.PeerSocketType.REQ;
import static io.sluicemq.testkit.peers.PeerSocketType.ROUTER;
import static io.sluicemq.testkit.peers.PeerSocketType.SUB;
import static io.sluicemq.testkit.peers.PeerSocketType.XPUB;
import static io.sluicemq.testkit.peers.PeerSocketType.XSUB;

import io.sluicemq.testkit.peers.PeerSocketType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Our socket type, theirs, and how messages go between them.
 *
 * @param ours our socket type.
 * @param theirs the foreign socket type.
 * @param flow of the messages.
 * @param isRepresentative whether the pair stands for its pattern and direction where there is no time for all.
 */
record Pairing(PeerSocketType ours, PeerSocketType theirs, Flow flow, boolean isRepresentative) {

    /** Who sends. */
    enum Flow {
        /** We send. */
        SEND("to them"),
        /** They send. */
        RECEIVE("to us"),
        /** First we send, then they. */
        BOTH("both ways"),
        /** We send and they send the same back. */
        ASK("we ask"),
        /** They send and we send the same back. */
        ANSWER("they ask");

        private final String text;

        Flow(final String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private static final Set<PeerSocketType> PUBLISHERS = Set.of(PUB, XPUB);
    private static final Set<PeerSocketType> SUBSCRIBERS = Set.of(SUB, XSUB);

    /** Every pair of socket types that ZMTP 3.1 allows, once with each role on our side. */
    static List<Pairing> all() {
        final List<Pairing> all = new ArrayList<>();
        all.add(new Pairing(PAIR, PAIR, Flow.BOTH, true));
        for (final PeerSocketType publisher : List.of(PUB, XPUB)) {
            for (final PeerSocketType subscriber : List.of(SUB, XSUB)) {
                all.add(new Pairing(publisher, subscriber, Flow.SEND, publisher == PUB && subscriber == SUB));
                all.add(new Pairing(subscriber, publisher, Flow.RECEIVE, publisher == PUB && subscriber == SUB));
            }
        }
        all.add(new Pairing(REQ, REP, Flow.ASK, true));
        all.add(new Pairing(REQ, ROUTER, Flow.ASK, false));
        all.add(new Pairing(REP, REQ, Flow.ANSWER, true));
        all.add(new Pairing(REP, DEALER, Flow.ANSWER, false));
        all.add(new Pairing(DEALER, REP, Flow.ASK, false));
        all.add(new Pairing(DEALER, DEALER, Flow.BOTH, false));
        all.add(new Pairing(DEALER, ROUTER, Flow.BOTH, true));
        all.add(new Pairing(ROUTER, REQ, Flow.ANSWER, false));
        all.add(new Pairing(ROUTER, DEALER, Flow.BOTH, true));
        all.add(new Pairing(ROUTER, ROUTER, Flow.BOTH, false));
        all.add(new Pairing(PUSH, PULL, Flow.SEND, true));
        all.add(new Pairing(PULL, PUSH, Flow.RECEIVE, true));
        return all;
    }

    boolean wePublish() {
        return PUBLISHERS.contains(ours);
    }

    boolean theyPublish() {
        return SUBSCRIBERS.contains(ours);
    }

    /** Requests under way at once: a REQ has one. */
    int window() {
        return ours == REQ || theirs == REQ ? 1 : 100;
    }

    @Override
    public String toString() {
        return ours + "-" + theirs;
    }
}
