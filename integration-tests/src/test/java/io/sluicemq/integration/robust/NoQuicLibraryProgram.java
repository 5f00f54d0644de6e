package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketListener;
import io.sluicemq.SocketOptions;
import io.sluicemq.testkit.TestCertificates;
import io.sluicemq.transport.CloseReason;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tries {@code quic://} without its library, and prints what comes of it and of {@code tcp://} beside. */
final class NoQuicLibraryProgram {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private NoQuicLibraryProgram() {}

    public static void main(final String[] arguments) throws InterruptedException {
        final CountDownLatch told = new CountDownLatch(1);
        final SocketOptions listening = SocketOptions.builder()
                .listener(new SocketListener() {
                    @Override
                    public void onConnectFailed(final String address, final CloseReason reason, final String detail) {
                        if (told.getCount() > 0) {
                            System.out.println("connect: " + reason + " " + detail);
                        }
                        told.countDown();
                    }
                })
                .build();
        final ContextOptions options =
                ContextOptions.builder().transport(TestCertificates.bothSides()).build();
        try (Context context = Context.create(options)) {
            final PullSocket pull = context.pull();
            try {
                System.out.println("bound to " + pull.bind("quic://127.0.0.1:0"));
            } catch (final IllegalStateException e) {
                System.out.println("bind: " + e.getMessage());
            }
            final PushSocket push = context.push(listening);
            push.connect("quic://127.0.0.1:4");
            System.out.println("told: " + told.await(LIMIT.toSeconds(), TimeUnit.SECONDS));
            final PushSocket other = context.push();
            other.connect(pull.bind("tcp://127.0.0.1:0"));
            other.send("tcp goes on");
            System.out.println(pull.receiveMessage(LIMIT).text());
        }
    }
}
