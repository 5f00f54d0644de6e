package io.sluicemq.bench.jmh;

import io.sluicemq.Context;
import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.RouterSocket;
import io.sluicemq.SocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The choice of a peer over inproc: in turn by PUSH, by routing id by ROUTER. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class RoutingBenchmark {
    private static final int BODY_BYTES = 64;

    @Param({"1", "10", "100"})
    private int peers;

    private Context context;
    private PushSocket push;
    private PullSocket[] pulls;
    private RouterSocket router;
    private DealerSocket[] dealers;
    private Message[] toDealers;
    private final Message outgoing = new Message();
    private int next;
    private long received;
    private final UnsafeBuffer body = new UnsafeBuffer(new byte[BODY_BYTES]);
    private final FrameHandler handler = (buffer, offset, length, more) -> received += length;

    @Setup(Level.Trial)
    public void open() throws InterruptedException {
        context = Context.create();
        push = context.push();
        router = context.router();
        final String pushAt = push.bind("inproc://push");
        final String routerAt = router.bind("inproc://router");
        pulls = new PullSocket[peers];
        dealers = new DealerSocket[peers];
        toDealers = new Message[peers];
        for (int i = 0; i < peers; i++) {
            pulls[i] = context.pull();
            pulls[i].connect(pushAt);
            final String id = "dealer-" + i;
            final SocketOptions options = SocketOptions.builder()
                    .routingId(id.getBytes(StandardCharsets.US_ASCII))
                    .build();
            dealers[i] = context.dealer(options, DealerOptions.DEFAULTS);
            dealers[i].connect(routerAt);
            toDealers[i] = Message.of(id).add(new byte[BODY_BYTES]);
        }
        final Duration limit = Duration.ofSeconds(30);
        if (!push.awaitPeers(peers, limit) || !router.awaitPeers(peers, limit)) {
            throw new IllegalStateException("too few peers, limit=" + peers);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        context.close();
    }

    /** Sends to each PULL once and receives there; the score is for all peers together. */
    @Benchmark
    public long inTurn() throws InterruptedException {
        for (int i = 0; i < peers; i++) {
            Checks.sent(push.send(body, 0, BODY_BYTES));
        }
        for (final PullSocket pull : pulls) {
            Checks.one(pull.receive(handler, 1));
        }
        return received;
    }

    @Benchmark
    public long byRoutingId() throws InterruptedException {
        next = next + 1 < peers ? next + 1 : 0;
        Checks.sent(router.send(outgoing.copyOf(toDealers[next])));
        Checks.one(dealers[next].receive(handler, 1));
        return received;
    }
}
