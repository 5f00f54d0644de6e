package io.sluicemq.bench.jmh;

import io.sluicemq.wire.FrameHeader;
import io.sluicemq.wire.MessageScanner;
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
import org.openjdk.jmh.annotations.Warmup;

/** ZMTP framing: headers written and messages found, without any transport. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class FramingBenchmark {
    private static final int MESSAGES = 64;

    @Param({"64", "1024"})
    private int size;

    private final MessageScanner scanner = new MessageScanner(-1, MessageScanner.DEFAULT_MAX_FRAMES);
    private UnsafeBuffer region;
    private UnsafeBuffer header;
    private int regionBytes;

    @Setup(Level.Trial)
    public void fill() {
        header = new UnsafeBuffer(new byte[FrameHeader.LONG_LENGTH]);
        region = new UnsafeBuffer(new byte[MESSAGES * (FrameHeader.LONG_LENGTH + size)]);
        regionBytes = 0;
        for (int i = 0; i < MESSAGES; i++) {
            regionBytes += FrameHeader.put(region, regionBytes, 0, size) + size;
        }
    }

    @Benchmark
    public int encodeHeader() {
        final int length = FrameHeader.put(header, 0, 0, size);
        if (length != FrameHeader.encodedLength(size)) {
            throw new IllegalStateException("headerBytes=" + length);
        }
        return length;
    }

    /** All messages of a full read buffer; the score is for {@value #MESSAGES} of them. */
    @Benchmark
    public int scanSixtyFour() {
        int offset = 0;
        int found = 0;
        while (offset < regionBytes && scanner.scan(region, offset, regionBytes - offset) == MessageScanner.MESSAGE) {
            offset += scanner.consumedLength();
            found++;
        }
        if (found != MESSAGES) {
            throw new IllegalStateException("found=" + found + ", limit=" + MESSAGES);
        }
        return found;
    }
}
