package io.sluicemq.durable;

import io.sluicemq.Context;
import io.sluicemq.journal.JournalOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A publisher with a will, to be killed. Says on standard output where it is. */
final class WillKillProgram {
    private WillKillProgram() {}

    /**
     * Waits for its end.
     *
     * @param arguments directory of the journal, topic of the will, seconds of its delay.
     */
    public static void main(final String[] arguments) throws IOException {
        final PublisherWill will = new PublisherWill(
                arguments[1],
                "it is gone".getBytes(StandardCharsets.UTF_8),
                PublishOptions.builder().qos(QualityOfService.EXACTLY_ONCE).build(),
                Duration.ofSeconds(Long.parseLong(arguments[2])));
        final DurablePublisherOptions options = DurablePublisherOptions.builder()
                .journal(JournalOptions.builder().segmentBytes(1 << 20).minFreeBytes(0))
                .will(will)
                .build();
        try (Context context = Context.create();
                DurablePublisher publisher = DurablePublisher.open(context, Path.of(arguments[0]), options)) {
            System.out.println(publisher.bind("tcp://127.0.0.1:*"));
            System.in.read();
        }
    }
}
