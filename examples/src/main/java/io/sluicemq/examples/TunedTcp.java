package io.sluicemq.examples;

import io.sluicemq.Context;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import io.sluicemq.transport.tcp.TcpOptions;
import java.time.Duration;

/** Options of a socket and of its transport. */
public final class TunedTcp {
    private TunedTcp() {}

    /** Sends one message over a connection with a heartbeat. */
    public static void main(final String[] args) throws InterruptedException {
        // tag::options[]
        final TcpOptions tcp = TcpOptions.builder()
                .sendBufferBytes(1 << 20)
                .receiveBufferBytes(1 << 20)
                .connectTimeoutNs(2_000_000_000L)
                .backlog(1_000)
                .build();
        final SocketOptions options = SocketOptions.builder()
                .transport(tcp)
                .sendHighWaterMark(10_000)
                .sendTimeout(Duration.ofMillis(100))
                .heartbeat(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(5))
                .reconnect(Duration.ofMillis(100), Duration.ofSeconds(10))
                .build();
        // end::options[]
        try (Context context = Context.create();
                PullSocket pull = context.pull(options);
                PushSocket push = context.push(options)) {
            // tag::send[]
            push.connect(pull.bind("tcp://127.0.0.1:0"));
            final String outcome = switch (push.send("tuned")) {
                case SENT -> "queued for a peer";
                case BACK_PRESSURED -> "every peer was full for 100 ms";
                case NOT_CONNECTED -> "no peer for 100 ms";
                case UNROUTABLE, CLOSED -> "not from an open PUSH";
            };
            // end::send[]
            System.out.println(outcome + ": " + pull.receiveMessage().text());
        }
    }
}
