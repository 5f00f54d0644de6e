package io.sluicemq.integration.robust;

import io.sluicemq.Context;
import io.sluicemq.PairSocket;
import io.sluicemq.PubSocket;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.RepSocket;
import io.sluicemq.ReqSocket;
import io.sluicemq.Socket;
import io.sluicemq.SubSocket;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Connects ten sockets over tcp and inproc, uses each once, leaves them alone, and says how much of a core that costs.
 * Arguments: seconds to measure, and {@code blocked} to have a thread wait on each socket that receives.
 */
final class IdleProgram {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long SETTLE_NS = 2_000_000_000L;

    private IdleProgram() {}

    public static void main(final String[] arguments) throws InterruptedException {
        final long seconds = Long.parseLong(arguments[0]);
        final boolean blocked = "blocked".equals(arguments[1]);
        try (Context context = Context.create();
                PullSocket pull = context.pull();
                PushSocket push = context.push();
                PullSocket localPull = context.pull();
                PushSocket localPush = context.push();
                RepSocket rep = context.rep();
                ReqSocket req = context.req();
                PubSocket pub = context.pub();
                SubSocket sub = context.sub();
                PairSocket pair = context.pair();
                PairSocket otherPair = context.pair()) {
            push.connect(pull.bind("tcp://127.0.0.1:0"));
            localPush.connect(localPull.bind("inproc://pipeline"));
            req.connect(rep.bind("tcp://127.0.0.1:0"));
            sub.connect(pub.bind("tcp://127.0.0.1:0"));
            otherPair.connect(pair.bind("inproc://pair"));
            sub.subscribe("");
            for (final Socket socket : List.of(push, pull, localPull, localPush, rep, req, pub, sub, pair, otherPair)) {
                if (!socket.awaitPeers(1, LIMIT)) {
                    throw new IllegalStateException("no peer for " + socket.type());
                }
            }
            push.send("used");
            pull.receiveMessage(LIMIT);
            localPush.send("used");
            localPull.receiveMessage(LIMIT);
            if (blocked) {
                List.of(pull, localPull, rep, sub, pair, otherPair).forEach(IdleProgram::block);
                // Those that share a socket must not wake each other.
                List.of(pull, localPull, sub).forEach(IdleProgram::block);
            }
            waitUntil(System.nanoTime() + SETTLE_NS);
            final long startNs = System.nanoTime();
            final long cpuStartNs = cpuNs();
            waitUntil(startNs + seconds * 1_000_000_000L);
            final double cores = (double) (cpuNs() - cpuStartNs) / (System.nanoTime() - startNs);
            System.out.printf("percent of a core: %.3f%n", 100 * cores);
        }
    }

    private static void block(final Receiver receiver) {
        final Thread thread = new Thread(() -> {
            try {
                receiver.receiveMessage();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void waitUntil(final long deadlineNs) {
        for (long leftNs = 1; leftNs > 0; leftNs = deadlineNs - System.nanoTime()) {
            LockSupport.parkNanos(leftNs);
        }
    }

    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
