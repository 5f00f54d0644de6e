package io.sluicemq.durable.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.Message;
import io.sluicemq.RouterSocket;
import io.sluicemq.journal.ChildJvm;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.persistence.FaultProperty;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A subscriber that dies again and again over tcp, at each place that matters and anywhere: nothing is lost, nothing comes after its acknowledgement. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class SubscriberKillTest {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");

    /** Each costs a sync, which may take 20 ms. */
    private static final int MESSAGES = LONG ? 3_000 : 500;

    private static final long BASE = 3L << 32;

    /** Lives of the subscriber but the last: where it dies, or empty for a kill from outside after so many lines. */
    private static final List<String> DEATHS = LONG
            ? List.of(
                    "before-append:2",
                    "after-append:2",
                    "after-sync:2",
                    "",
                    "after-append:40",
                    "after-sync:40",
                    "before-append:90",
                    "",
                    "after-append:150",
                    "after-sync:150",
                    "in-append:60",
                    "")
            : List.of("after-append:3", "after-sync:30", "", "after-append:60");

    @TempDir
    private Path folder;

    private final Set<Long> acknowledged = new HashSet<>();
    private final Set<Long> handed = new HashSet<>();

    /** In the middle of whose acknowledgement it died: durable or not. */
    private final Set<Long> uncertain = new HashSet<>();

    /** Whose acknowledgement is on its way; 0 for none. */
    private long acknowledging;

    /** The host's side: a ROUTER on its own thread that follows the sessions' rules. */
    private static final class Host implements Runnable {
        private final RouterSocket router;
        private final HostSession session = new HostSession(BASE + 1, BASE);
        private final WireOutput output = new WireOutput();
        private byte[] peer = {};
        private volatile boolean stopped;
        private volatile RuntimeException failure;

        /** Ended when the host fails, as nothing would come from it any more. */
        private volatile Process subscriber;

        Host(final RouterSocket router) {
            this.router = router;
        }

        private void fail(final RuntimeException e) {
            failure = e;
            final Process process = subscriber;
            if (process != null) {
                process.destroyForcibly();
            }
        }

        private static int qos(final long index) {
            return index % 4 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE;
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    final Message message = router.receiveMessage(Duration.ofMillis(2));
                    if (message != null) {
                        hear(message);
                    }
                    send();
                }
            } catch (final RuntimeException e) {
                fail(e);
            } catch (final InterruptedException e) {
                stopped = true;
            }
        }

        private void hear(final Message message) {
            final byte[] body = message.frame(1);
            final WireInput input = new WireInput().wrap(new UnsafeBuffer(body), 0, body.length);
            if (body[0] == WireType.HELLO) {
                session.onDisconnected();
                peer = message.frame(0);
                new Welcome(true, new UUID(1, 2), BASE + MESSAGES, 1 << 20, "", null).encode(output);
                say();
            } else if (body[0] == WireType.RESUME) {
                session.onResume(Resume.decode(input), 64);
            } else if (body[0] == WireType.STORED) {
                session.onStored(Stored.upTo(input));
            } else if (body[0] == WireType.PROCESSED) {
                session.onProcessed(Progress.decode(input, "PROCESSED"));
            }
        }

        private void send() {
            while (session.hasRoom() && session.cursor() <= BASE + MESSAGES) {
                final long index = session.cursor();
                final HostSession.Decision decision = session.decide(index, qos(index));
                if (decision == HostSession.Decision.SKIP) {
                    session.onPassed(index + 1);
                } else {
                    final boolean marked = decision == HostSession.Decision.SEND_AGAIN;
                    RawHost.delivery(
                            output,
                            qos(index) | (marked ? Delivery.REDELIVERED : 0),
                            index,
                            session.previous(),
                            "m" + index);
                    session.onSent(index, qos(index));
                    say();
                }
            }
        }

        private void say() {
            final byte[] body = new byte[output.length()];
            output.buffer().getBytes(0, body);
            router.trySend(Message.of(peer, body));
        }
    }

    @Test
    void shouldLoseNothingAndHandOverNothingAfterItsAcknowledgement() throws Exception {
        final long seed = ThreadLocalRandom.current().nextLong();
        final Random random = new Random(seed);
        try (Context context = Context.create();
                RouterSocket router = context.router()) {
            final String endpoint = router.bind("tcp://127.0.0.1:0");
            final Host host = new Host(router);
            final Thread thread = new Thread(host, "host");
            thread.start();
            try {
                for (final String death : DEATHS) {
                    live(host, endpoint, death, 50 + random.nextInt(MESSAGES / 4));
                }
                live(host, endpoint, "", Integer.MAX_VALUE);
            } catch (final AssertionError e) {
                throw new AssertionError("seed=" + seed, e);
            } finally {
                host.stopped = true;
                thread.join();
            }
            assertThat(host.failure).isNull();
            assertThat(isDone()).as("all were acknowledged").isTrue();
            assertThat(handed).hasSize(MESSAGES);
        }
    }

    /** Runs the subscriber until it dies, is killed after so many lines, or has acknowledged all. */
    private void live(final Host host, final String endpoint, final String death, final int lines)
            throws IOException, InterruptedException {
        final List<String> command = ChildJvm.command(SubscriberKillProgram.class, "-Dsluicemq.journal.halt=" + death);
        command.add(endpoint);
        command.add(folder.resolve("inbox").toString());
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        host.subscriber = process;
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int seen = 0;
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                take(line);
                seen++;
                if ((death.isEmpty() && seen == lines) || isDone()) {
                    // By the handle, which leaves what it wrote to be read.
                    process.toHandle().destroyForcibly();
                }
            }
            if (acknowledging != 0) {
                uncertain.add(acknowledging);
                acknowledging = 0;
            }
            final int exitCode = process.waitFor();
            assertThat(host.failure).isNull();
            if (!death.isEmpty()) {
                assertThat(exitCode).as("died at %s", death).isEqualTo(FaultProperty.EXIT_CODE);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private boolean isDone() {
        uncertain.removeAll(acknowledged);
        return acknowledged.size() + uncertain.size() == MESSAGES;
    }

    private void take(final String line) {
        final String[] words = line.split(" ", -1);
        if (!line.endsWith(" .")) {
            // It died in the middle of the line.
            return;
        }
        final long index = Long.parseLong(words[1]);
        if ("acknowledged".equals(words[0])) {
            acknowledged.add(index);
            acknowledging = 0;
        } else if ("acknowledging".equals(words[0])) {
            acknowledging = index;
        } else if ("handed".equals(words[0])) {
            assertThat(acknowledged).as("handed over after its acknowledgement").doesNotContain(index);
            if (!handed.add(index)) {
                assertThat(words[2])
                        .as("mark of index=%d, which came again", index)
                        .isEqualTo("true");
            }
        }
    }
}
