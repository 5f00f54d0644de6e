package io.sluicemq.bench.jmh;

import io.sluicemq.Context;
import io.sluicemq.FrameHandler;
import io.sluicemq.PubSocket;
import io.sluicemq.SubSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
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

/** Publishing over inproc to a subscriber that has many prefixes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class MatchingBenchmark {
    private static final int TOPIC_BYTES = 16;

    @Param({"1", "100", "10000", "100000"})
    private int prefixes;

    private Context context;
    private PubSocket pub;
    private SubSocket sub;
    private UnsafeBuffer matching;
    private UnsafeBuffer unmatched;
    private long received;
    private final FrameHandler handler = (buffer, offset, length, more) -> received += length;

    @Setup(Level.Trial)
    public void open() throws InterruptedException {
        context = Context.create();
        pub = context.pub();
        sub = context.sub();
        sub.connect(pub.bind("inproc://jmh"));
        for (int i = 0; i < prefixes; i++) {
            sub.subscribe(topic(i));
        }
        final String last = topic(prefixes - 1);
        if (!pub.awaitSubscribers(last, 1, Duration.ofSeconds(30))) {
            throw new IllegalStateException("no subscriber of " + last);
        }
        matching = message(last);
        // It differs from a prefix in the last place only.
        unmatched = message(last.substring(0, last.length() - 1) + "x");
    }

    private static String topic(final int number) {
        return String.format(Locale.ROOT, "topic/%08d", number);
    }

    private static UnsafeBuffer message(final String topic) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[TOPIC_BYTES]);
        message.putBytes(0, topic.getBytes(StandardCharsets.US_ASCII));
        return message;
    }

    @TearDown(Level.Trial)
    public void close() {
        context.close();
    }

    /** The message goes to nobody, so that only the matching is left. */
    @Benchmark
    public Object noMatch() throws InterruptedException {
        return Checks.sent(pub.send(unmatched, 0, TOPIC_BYTES));
    }

    /** The message is delivered and received. */
    @Benchmark
    public long match() throws InterruptedException {
        Checks.sent(pub.send(matching, 0, TOPIC_BYTES));
        Checks.one(sub.receive(handler, 1));
        return received;
    }
}
