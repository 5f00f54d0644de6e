package io.sluicemq.cli;

import io.sluicemq.Message;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.SocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Two subscribers, each to a topic of its own: lines with letters, and the others. */
record DemoPubSub(DemoMedium medium) implements DemoStep {
    private static final String[] TOPICS = {"words", "other"};

    @Override
    public String title() {
        return "PUB/SUB over " + medium.name() + ", two topics";
    }

    @Override
    public String run(final DemoRun run) throws InterruptedException {
        // The demo shows that all lines arrive, so the publisher waits for its subscribers rather than drop.
        final PublisherOptions patient = PublisherOptions.builder().noDrop(true).build();
        try (PubSocket pub = run.context().pub(SocketOptions.DEFAULTS, patient)) {
            final String endpoint = pub.bind(medium.freshEndpoint());
            final List<CompletableFuture<String>> subscribers = new ArrayList<>();
            for (final String topic : TOPICS) {
                subscribers.add(medium.helper().start("subscriber", endpoint, topic));
            }
            for (final String topic : TOPICS) {
                DemoRun.check(pub.awaitSubscribers(topic, 1, DemoRoles.PATIENCE), "there is a subscriber to " + topic);
            }
            final LineDigest[] sent = publish(run, pub);
            final StringBuilder told = new StringBuilder();
            for (int i = 0; i < TOPICS.length; i++) {
                final String expected = sent[i].text();
                final String arrived = DemoRun.await(subscribers.get(i));
                DemoRun.check(arrived.equals(expected), TOPICS[i] + ": sent " + expected + ", arrived " + arrived);
                told.append(i == 0 ? "" : "; ").append(TOPICS[i]).append(": ").append(arrived);
            }
            return told.toString();
        }
    }

    private LineDigest[] publish(final DemoRun run, final PubSocket pub) throws InterruptedException {
        final LineDigest[] sent = {new LineDigest(), new LineDigest()};
        final Message message = new Message();
        for (int i = 0; i < run.messages(); i++) {
            final byte[] line = run.line(i);
            final int topic = hasLetter(line) ? 0 : 1;
            message.clear();
            DemoRoles.send(pub, message.add(TOPICS[topic]).add(line));
            sent[topic].add(line);
            run.progress().show(title(), i, run.messages());
        }
        for (final String topic : TOPICS) {
            message.clear();
            DemoRoles.send(pub, message.add(topic));
        }
        return sent;
    }

    private static boolean hasLetter(final byte[] line) {
        for (final byte b : line) {
            if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z')) {
                return true;
            }
        }
        return false;
    }
}
