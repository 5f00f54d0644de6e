package io.sluicemq.bench.run;

import static io.sluicemq.bench.run.Program.CHRONICLE;
import static io.sluicemq.bench.run.Program.DURABLE;
import static io.sluicemq.bench.run.Program.MQTT;

import java.util.List;

/**
 * Durable publish/subscribe beside a Mosquitto broker: one publisher, one subscriber, the same window. The broker writes nothing to the
 * disk meanwhile.
 */
final class DurableCatalogue {
    private static final String JOURNALED = "SluiceMQ, journaled";
    private static final String SYNCED = "SluiceMQ, synced";
    private static final String MOSQUITTO = "Mosquitto";

    private DurableCatalogue() {}

    static Comparison atLeastOnce() {
        return throughput("durable-qos1", 1, 2e6, 200e3, 60e3);
    }

    static Comparison exactlyOnce() {
        return throughput("durable-qos2", 2, 2e6, 200e3, 30e3);
    }

    private static Comparison throughput(
            final String name, final int qos, final double journaled, final double synced, final double mosquitto) {
        final String option = "--qos=" + qos;
        return new Comparison(
                name,
                "durable publish/subscribe over tcp, 64 B, QoS " + qos,
                Shape.DURABLE_THROUGHPUT,
                64,
                List.of(
                        Entry.of(JOURNALED, DURABLE, journaled, option),
                        Entry.of(SYNCED, DURABLE, synced, option, "--synced"),
                        Entry.of(MOSQUITTO, MQTT, mosquitto, option)),
                List.of(new Bound(JOURNALED, MOSQUITTO, 10)));
    }

    /** Of what was published, from the host's log; a tail of Chronicle's reads a file and nothing else. */
    static Comparison replay() {
        final String name = "SluiceMQ, replay";
        return new Comparison(
                "durable-replay",
                "durable publish/subscribe, 64 B, replayed from a host over tcp",
                Shape.DURABLE_REPLAY,
                64,
                List.of(
                        Entry.of(name, DURABLE, 500e3, "--window=4096"),
                        Entry.of("Chronicle Queue, tail", CHRONICLE, 3e6)),
                List.of());
    }

    /** What is left is of the files: each segment that is begun costs some, in Chronicle and in the JDK. */
    static Comparison allocation(final String name, final int qos) {
        return new Comparison(
                name,
                "allocation, durable publish/subscribe over tcp, 64 B, QoS " + qos + ", all threads of both sides",
                Shape.DURABLE_ALLOCATION,
                64,
                List.of(Entry.of(JOURNALED, DURABLE, 2e6, "--qos=" + qos)),
                List.of(Bound.alone(JOURNALED, 1)));
    }
}
