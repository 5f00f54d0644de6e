package io.sluicemq.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluicemq.Context;
import io.sluicemq.journal.ChildJvm;
import io.sluicemq.journal.WarmChronicle;
import io.sluicemq.testkit.peers.LeakCheckExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The last will of a process that is killed. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@ExtendWith({WarmChronicle.class, LeakCheckExtension.class})
final class WillKillTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(200);

    @TempDir
    private Path folder;

    private Process publisher;

    @AfterEach
    void end() throws InterruptedException {
        if (publisher != null) {
            publisher.toHandle().destroyForcibly();
            publisher.waitFor();
        }
    }

    private String start(final int delaySeconds) throws IOException {
        final List<String> command = ChildJvm.command(WillKillProgram.class);
        command.addAll(List.of(folder.resolve("host").toString(), "gone/host", Integer.toString(delaySeconds)));
        publisher = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new BufferedReader(new InputStreamReader(publisher.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private DurableSubscriber open(final Context context) {
        return DurableSubscriber.open(
                context,
                folder.resolve("inbox"),
                DurableSubscriberOptions.builder("desk").segmentBytes(1 << 20).build());
    }

    @Test
    void shouldDeliverTheWillOfAPublisherThatWasKilledOnce() throws IOException, InterruptedException {
        final String endpoint = start(1);
        try (Context context = Context.create()) {
            try (DurableSubscriber subscriber = open(context)) {
                subscriber.connect(endpoint);
                assertThat(subscriber
                                .subscribe("gone/+", SubscribeOptions.DEFAULTS, LIMIT)
                                .outcome())
                        .isEqualTo(SubscribeOutcome.GRANTED);
                assertThat(subscriber.receive(MOMENT)).as("while it lives").isNull();

                publisher.toHandle().destroyForcibly();

                final Delivered will = subscriber.receive(LIMIT);
                assertThat(will.isWill()).isTrue();
                assertThat(will.topic()).isEqualTo("gone/host");
                assertThat(will.text()).isEqualTo("it is gone");
                assertThat(will.qos()).isEqualTo(QualityOfService.EXACTLY_ONCE);
                assertThat(will.isRedelivered()).isFalse();
                assertThat(subscriber.acknowledge(will)).isEqualTo(AcknowledgeOutcome.DURABLE);
                assertThat(subscriber.receive(MOMENT)).isNull();
            }
            try (DurableSubscriber again = open(context)) {
                assertThat(again.receive(MOMENT)).as("after a restart").isNull();
                assertThat(again.stats().unprocessed()).isZero();
            }
        }
    }
}
