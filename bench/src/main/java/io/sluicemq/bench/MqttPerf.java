package io.sluicemq.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A publisher and a subscriber of a Mosquitto broker, which the publisher's process starts. A message counts when the subscriber has
 * answered it for good. Options: those of {@link DurablePerf} but the level, as the broker has none.
 */
final class MqttPerf implements PerfProgram {
    private static final byte[] TOPIC = "bench/rate".getBytes(StandardCharsets.UTF_8);
    private static final int MAX_ID = 0xffff;
    private static final int ATTEMPTS = 1_000;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    public static void main(final String[] args) {
        PerfProgram.main(new MqttPerf(), args);
    }

    private static int port(final PerfArguments run) {
        return URI.create(run.load().endpoint()).getPort();
    }

    @Override
    public void durablePublish(final PerfArguments run) throws Exception {
        try (Mosquitto broker = Mosquitto.start(run.directory().resolve("broker"), port(run), run.window());
                MqttConnection connection = connect(broker, run)) {
            Mark.put(run.directory(), Mark.LISTENING);
            Mark.await(run.directory(), Mark.SUBSCRIBED);
            publish(connection, run);
            Mark.await(run.directory(), Mark.DONE);
        }
    }

    private static MqttConnection connect(final Mosquitto broker, final PerfArguments run) throws IOException {
        for (int attempt = 1; true; attempt++) {
            try {
                return MqttConnection.open(port(run), "publisher");
            } catch (final ConnectException e) {
                if (attempt == ATTEMPTS || !broker.isAlive()) {
                    throw e;
                }
                LockSupport.parkNanos(LOOK_NS);
            }
        }
    }

    private static void publish(final MqttConnection connection, final PerfArguments run) throws IOException {
        final Load load = run.load();
        final ByteBuffer payload = ByteBuffer.allocateDirect(load.size());
        final UnsafeBuffer bytes = new UnsafeBuffer(payload);
        long sent = 0;
        long ended = 0;
        while (ended < load.total()) {
            while (sent < load.total()
                    && sent - ended < run.window()
                    && connection.hasRoom(TOPIC.length, load.size())) {
                if (load.verify()) {
                    Payload.fill(bytes, load.size(), sent);
                }
                connection.putPublish(run.qos(), (int) (sent % MAX_ID) + 1, TOPIC, payload);
                sent++;
            }
            connection.flush();
            connection.read();
            while (connection.next()) {
                if (connection.type() == MqttConnection.PUBREC) {
                    connection.putAcknowledgement(MqttConnection.PUBREL, connection.id());
                } else {
                    ended++;
                }
            }
        }
    }

    @Override
    public void durableSubscribe(final PerfArguments run) throws Exception {
        Mark.await(run.directory(), Mark.LISTENING);
        try (MqttConnection connection = MqttConnection.open(port(run), "subscriber")) {
            connection.subscribe(TOPIC, run.qos());
            Mark.put(run.directory(), Mark.SUBSCRIBED);
            final Meter meter = new Meter(run.load());
            receive(connection, run.load(), meter);
            Mark.put(run.directory(), Mark.DONE);
            Figures.rate(meter.messagesPerSecond());
        }
    }

    private static void receive(final MqttConnection connection, final Load load, final Meter meter)
            throws IOException {
        long received = 0;
        while (!meter.isComplete()) {
            connection.read();
            while (connection.next()) {
                final int id = connection.id();
                if (connection.type() == MqttConnection.PUBREL) {
                    connection.putAcknowledgement(MqttConnection.PUBCOMP, id);
                    meter.count();
                    continue;
                }
                if (load.verify()) {
                    Payload.check(connection.buffer(), connection.payloadAt(), connection.payloadBytes(), received);
                }
                received++;
                final boolean once = connection.qos() == 2;
                connection.putAcknowledgement(once ? MqttConnection.PUBREC : MqttConnection.PUBACK, id);
                if (!once) {
                    meter.count();
                }
            }
            connection.flush();
        }
    }
}
