package io.sluicemq.bench.jmh;

import io.sluicemq.Context;
import io.sluicemq.FrameHandler;
import io.sluicemq.Message;
import io.sluicemq.PullSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.SocketOptions;
import java.time.Duration;
import java.util.Arrays;
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

/** One message from PUSH to PULL by one thread, over each transport, on each level of the API. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SendReceiveBenchmark {
    @Param({"inproc://jmh", "tcp://127.0.0.1:0"})
    private String endpoint;

    @Param({"64", "1024"})
    private int size;

    private Context context;
    private PushSocket push;
    private PullSocket pull;
    private UnsafeBuffer body;
    private byte[] bytes;
    private Message pattern;
    private final Message outgoing = new Message();
    private final Message incoming = new Message();
    private long received;
    private final FrameHandler handler = (buffer, offset, length, more) -> received += length;

    @Setup(Level.Trial)
    public void open() throws InterruptedException {
        context = Context.create();
        pull = context.pull();
        push = context.push(SocketOptions.DEFAULTS);
        push.connect(pull.bind(endpoint));
        if (!push.awaitPeers(1, Duration.ofSeconds(10))) {
            throw new IllegalStateException("no peer at " + endpoint);
        }
        bytes = new byte[size];
        Arrays.fill(bytes, (byte) 'x');
        body = new UnsafeBuffer(bytes);
        pattern = Message.of(bytes);
    }

    @TearDown(Level.Trial)
    public void close() {
        context.close();
    }

    /** The level that allocates nothing. */
    @Benchmark
    public long buffers() throws InterruptedException {
        Checks.sent(push.send(body, 0, size));
        Checks.one(pull.receive(handler, 1));
        return received;
    }

    /** Objects that are used again. */
    @Benchmark
    public Message reusedMessages() throws InterruptedException {
        Checks.sent(push.send(outgoing.copyOf(pattern)));
        Checks.arrived(pull.receive(incoming));
        return incoming;
    }

    /** The friendly level: an array in, a new message out. */
    @Benchmark
    public Message newMessages() throws InterruptedException {
        Checks.sent(push.send(bytes));
        final Message message = pull.receiveMessage();
        Checks.arrived(message.frameLength(0) == size);
        return message;
    }
}
