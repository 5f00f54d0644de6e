package io.sluicemq.durable.core;

import io.sluicemq.durable.TopicFilter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last wills of hosts, MQTT 5.0 3.1.2.5: this subscriber, as their witness, delivers each to itself, once, when its host went without a
 * good-bye and did not come back in time. What is decided here goes into the inbox first, so that it holds over restarts. No clock: time
 * comes in. The subscriber's thread.
 */
final class Wills {
    private static final Logger LOG = LoggerFactory.getLogger(Wills.class);

    /** Of all wills; hosts that come under ever new names must not fill the memory. */
    private static final long MAX_BYTES = 16L << 20;

    private static final long MAX_IDLE_MS = 1_000;

    /** What a host has to say WELCOME after a process of ours began to connect: as long as a link waits for that. */
    static final long RETURN_MS = 10_000;

    private static final long NOBODY_LOOKED = Long.MAX_VALUE;

    /** While the application takes no more. */
    private static final long RETRY_MS = 20;

    /** Where wills are kept and delivered to. */
    interface Store {
        /** Collects the state of a host's will; false if there is no room now. */
        boolean write(ProducerState producer);

        /** Collects a will as a message; false if there is no room now. */
        boolean store(ProducerState producer, long index, DirectBuffer buffer, int length);

        /** Hands a will of QoS 0 to the application; false if there is no room now. */
        boolean handOver(ProducerState producer, DirectBuffer buffer, int length);
    }

    private final InboxState state;
    private final Store store;
    private final WireOutput output = new WireOutput();

    /** Hosts whose will is to be written down. */
    private final Set<ProducerState> changed = new LinkedHashSet<>();

    /** Hosts with a will that were not seen since the open: whether they live nobody knows. */
    private final Set<ProducerState> unseen = new LinkedHashSet<>();

    /** When a host that lives would have been seen. */
    private long seenByEpochMs = NOBODY_LOOKED;

    /** Wills of QoS 0 whose end is written down. */
    private final ArrayDeque<AtMostOnce> atMostOnce = new ArrayDeque<>();

    private long delivered;

    private record AtMostOnce(ProducerState producer, UnsafeBuffer delivery) {}

    Wills(final InboxState state, final Store store) {
        this.state = state;
        this.store = store;
    }

    /** A process begins. That the one before it died says nothing of the hosts: nobody is gone before we looked for it. */
    void recover() {
        for (final ProducerState producer : state.producers()) {
            if (producer.will() != null) {
                unseen.add(producer);
            }
        }
    }

    /** We begin to connect somewhere: who is not seen soon is gone. */
    void onConnecting(final long nowMs) {
        seenByEpochMs = nowMs + RETURN_MS;
    }

    private void missUnseen(final long nowMs) {
        if (!unseen.isEmpty() && seenByEpochMs <= nowMs) {
            final List<ProducerState> missed = List.copyOf(unseen);
            unseen.clear();
            missed.forEach(producer -> onLost(producer, nowMs));
        }
    }

    /** A host is there, and has a will, or null. */
    void onWelcome(final ProducerState producer, final Will will) {
        WitnessedWill next = will == null ? null : WitnessedWill.of(will);
        if (next != null && bytesOfOthers(producer) + next.bytes() > MAX_BYTES) {
            LOG.warn(
                    "producer={} will is not kept, willBytes={}, limit={} of all",
                    producer.id(),
                    next.bytes(),
                    MAX_BYTES);
            next = null;
        }
        set(producer, next);
    }

    private long bytesOfOthers(final ProducerState except) {
        long bytes = 0;
        for (final ProducerState producer : state.producers()) {
            if (producer != except && producer.will() != null) {
                bytes += producer.will().bytes();
            }
        }
        return bytes;
    }

    /** The connection to a host broke, without a word. */
    void onLost(final ProducerState producer, final long nowMs) {
        final WitnessedWill will = producer.will();
        if (will != null && !will.isRunning()) {
            set(producer, will.begin(nowMs));
        }
    }

    /** The connection to a host ended in order. */
    void onGoodbye(final ProducerState producer) {
        set(producer, null);
    }

    private void set(final ProducerState producer, final WitnessedWill will) {
        unseen.remove(producer);
        if (will == null ? producer.will() != null : !will.equals(producer.will())) {
            producer.will(will);
            changed.add(producer);
        }
    }

    /** Writes down what changed, and delivers what is due; returns how much it did. */
    int run(final long nowMs) {
        int work = 0;
        missUnseen(nowMs);
        while (!atMostOnce.isEmpty() && isWritten(atMostOnce.peek()) && handOver(atMostOnce.peek())) {
            atMostOnce.remove();
            work++;
        }
        if (!changed.isEmpty()) {
            work += changed.removeIf(store::write) ? 1 : 0;
        }
        final List<ProducerState> producers = state.producers();
        for (int i = 0; i < producers.size(); i++) {
            final WitnessedWill will = producers.get(i).will();
            if (will != null && will.deliverAtEpochMs() <= nowMs && !unseen.contains(producers.get(i))) {
                deliver(producers.get(i), will.will(), nowMs);
                work++;
            }
        }
        return work;
    }

    /** Only called when all that was collected in earlier turns is in the journal. */
    private boolean isWritten(final AtMostOnce due) {
        return !changed.contains(due.producer);
    }

    private boolean handOver(final AtMostOnce due) {
        return store.handOver(due.producer, due.delivery, due.delivery.capacity());
    }

    private void deliver(final ProducerState producer, final Will will, final long nowMs) {
        final int qos = encode(producer, will, nowMs, state.subscriptions().all());
        if (qos > Qos.AT_MOST_ONCE) {
            store(producer);
            return;
        }
        set(producer, null);
        if (qos == Qos.AT_MOST_ONCE) {
            // At most once: it is handed over when the journal says that it was.
            final UnsafeBuffer copy = new UnsafeBuffer(new byte[output.length()]);
            copy.putBytes(0, output.buffer(), 0, output.length());
            atMostOnce.add(new AtMostOnce(producer, copy));
            delivered++;
        }
    }

    private void store(final ProducerState producer) {
        if (producer.isWillCollected()) {
            return;
        }
        producer.willCollected(true);
        if (store.store(producer, producer.lastWill() + 1, output.buffer(), output.length())) {
            delivered++;
        } else {
            producer.willCollected(false);
        }
    }

    /** Makes a delivery of a will; returns its QoS, or -1 if nobody wants it. */
    private int encode(
            final ProducerState producer,
            final Will will,
            final long nowMs,
            final Collection<BookEntry> subscriptions) {
        int qos = -1;
        boolean retained = false;
        final List<Integer> ids = new ArrayList<>();
        for (final BookEntry entry : subscriptions) {
            if (entry.holdsAt(producer.number()) && isFor(entry.filter(), will.topic())) {
                final Subscribe wish = Subscribe.of(0, entry.options(), entry.subscriptionId(), entry.filter());
                qos = Math.max(qos, Math.min(will.qos(), wish.qos()));
                retained |= will.retain() && wish.retainAsPublished();
                if (entry.subscriptionId() != 0 && ids.size() < Delivery.MAX_SUBSCRIPTION_IDS) {
                    ids.add(entry.subscriptionId());
                }
            }
        }
        final long expiresAtMs = will.expirySeconds() == 0 ? 0 : nowMs + will.expirySeconds() * 1000;
        final int flags = Math.max(0, qos) | (retained ? Delivery.RETAIN : 0);
        Delivery.begin(output, flags, producer.lastWill() + 1, 0, expiresAtMs, nowMs * 1_000_000)
                .u8(ids.size());
        ids.forEach(output::u32);
        output.string(will.topic())
                .u32(0)
                .bytes(will.payload(), 0, will.payload().capacity());
        return qos;
    }

    /** A shared subscription is of many witnesses, each of which would deliver it. */
    private static boolean isFor(final String text, final String topic) {
        final TopicFilter filter = TopicFilter.of(text);
        return !filter.isShared() && filter.matches(topic);
    }

    /** How long nothing has to be done here. */
    long idleMs(final long nowMs) {
        if (!changed.isEmpty()) {
            return 0;
        }
        long idleMs = atMostOnce.isEmpty() ? MAX_IDLE_MS : RETRY_MS;
        final List<ProducerState> producers = state.producers();
        for (int i = 0; i < producers.size(); i++) {
            final WitnessedWill will = producers.get(i).will();
            if (will != null && will.isRunning() && !unseen.contains(producers.get(i))) {
                idleMs = Math.min(idleMs, Math.max(0, will.deliverAtEpochMs() - nowMs));
            }
        }
        return idleMs;
    }

    /** Since the open. */
    long delivered() {
        return delivered;
    }
}
