package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sluicemq.transport.SocketType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Feeds mutated streams and noise. Every run must end without an exception, with the same result however the input was
 * split, and without taking more than the limits allow. {@code -Dsluicemq.seed} repeats a run, {@code
 * -Dsluicemq.long=true} does a hundred times as much.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class WireFuzzTest {
    private static final boolean LONG = Boolean.getBoolean("sluicemq.long");
    private static final int ITERATIONS = LONG ? 2_000_000 : 20_000;

    private static final int MAX_MESSAGE_BYTES = 400;
    private static final int MAX_FRAMES = 12;

    private static final long SEED = seed();

    private final Random random = new Random(SEED);

    private static long seed() {
        final String text = System.getProperty("sluicemq.seed", "");
        final long seed = text.isBlank() ? System.nanoTime() : Long.parseLong(text.strip());
        System.out.println("WireFuzzTest: -Dsluicemq.seed=" + seed);
        return seed;
    }

    @Test
    void shouldSurviveAnyHandshake() {
        int complete = 0;
        for (int i = 0; i < ITERATIONS; i++) {
            final boolean listening = random.nextBoolean();
            final byte[] input = mutate(handshake(), 64);
            final int[] chunks = chunks(input.length);

            try {
                final String whole = runHandshake(listening, input, Math.max(1, input.length));
                assertThat(runHandshake(listening, input, chunks)).isEqualTo(whole);
                complete += whole.startsWith("COMPLETE") ? 1 : 0;
            } catch (final RuntimeException | AssertionError e) {
                fail(describe(i, input, chunks), e);
            }
        }

        assertThat(complete)
                .as("seed=%d, some runs must get through", SEED)
                .isPositive()
                .isLessThan(ITERATIONS);
    }

    @Test
    void shouldSurviveAnyTraffic() {
        int errors = 0;
        for (int i = 0; i < ITERATIONS; i++) {
            final byte[] input = mutate(traffic(), 0);
            final int[] chunks = chunks(input.length);

            try {
                final List<String> whole = runScanner(input, Math.max(1, input.length));
                assertThat(runScanner(input, chunks)).isEqualTo(whole);
                errors += !whole.isEmpty() && whole.get(whole.size() - 1).startsWith("error") ? 1 : 0;
            } catch (final RuntimeException | AssertionError e) {
                fail(describe(i, input, chunks), e);
            }
        }

        assertThat(errors).as("seed=%d, some runs must fail", SEED).isPositive().isLessThan(ITERATIONS);
    }

    @Test
    void shouldReadAnyCommand() {
        final CommandReader reader = new CommandReader();
        for (int i = 0; i < ITERATIONS; i++) {
            final byte[] body = mutate(command(), 0);
            final UnsafeBuffer buffer = new UnsafeBuffer(Bytes.of(0xEE, body));

            try {
                reader.read(buffer, 1, body.length);
                reader.reason(buffer);
                assertThat(reader.argumentOffset()).isGreaterThanOrEqualTo(1);
                assertThat(reader.argumentLength()).isGreaterThanOrEqualTo(0);
                assertThat(reader.argumentOffset() + reader.argumentLength()).isLessThanOrEqualTo(1 + body.length);
            } catch (final RuntimeException | AssertionError e) {
                fail(describe(i, body), e);
            }
        }
    }

    private static String runHandshake(final boolean listening, final byte[] input, final int... chunks) {
        final HandshakeConfig config = HandshakeConfig.builder(SocketType.ROUTER)
                .maxHandshakeBytes(1024)
                .build();
        final ZmtpHandshake handshake = new ZmtpHandshake(config, listening, 0);
        final String result = HandshakeDriver.run(handshake, input, chunks);
        if (handshake.state() == ZmtpHandshake.State.IN_PROGRESS) {
            assertThat(result).contains("consumed=" + input.length + " ");
            assertThat(input.length).isLessThan(1024 + FrameHeader.LONG_LENGTH);
        }
        return result;
    }

    private static List<String> runScanner(final byte[] input, final int... chunks) {
        final MessageScanner scanner = new MessageScanner(MAX_MESSAGE_BYTES, MAX_FRAMES);
        final List<String> events = MessageScannerTest.ScannerDriver.run(scanner, input, chunks);
        for (final String event : events) {
            final int limit = MAX_MESSAGE_BYTES + MAX_FRAMES * FrameHeader.LONG_LENGTH;
            assertThat(event.length()).isLessThanOrEqualTo("message ".length() + 2 * limit);
        }
        assertThat(events.size()).isLessThanOrEqualTo(input.length / FrameHeader.SHORT_LENGTH + 1);
        return events;
    }

    private byte[] handshake() {
        final byte[] rest = switch (random.nextInt(6)) {
            case 0 -> Golden.libzmqPull();
            case 1 -> Golden.libzmqDealer("id" + random.nextInt(1000));
            case 2 -> Golden.pull30();
            case 3 -> Golden.dealer20("i".repeat(random.nextInt(300)));
            case 4 ->
                Bytes.of(
                        Golden.greeting(3, random.nextInt(3), "NULL"),
                        Golden.ready(
                                Golden.property("Socket-Type", "DEALER"),
                                Golden.property("X-a", "x".repeat(random.nextInt(1200)))));
            default -> Bytes.of(Golden.greeting(3, 1, "NULL"), Bytes.frame(4, Bytes.of(5, "ERROR", 2, "no")));
        };
        return Bytes.of(rest, traffic());
    }

    private byte[] traffic() {
        final List<Object> parts = new ArrayList<>();
        final int frames = random.nextInt(12);
        for (int i = 0; i < frames; i++) {
            final int more = random.nextInt(3) == 0 ? FrameHeader.MORE : 0;
            final byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(6)];
            random.nextBytes(body);
            parts.add(
                    switch (random.nextInt(5)) {
                        case 0 -> Bytes.frame(FrameHeader.COMMAND, command());
                        case 1 -> Bytes.longFrame(more, body);
                        default -> Bytes.frame(more, body);
                    });
        }
        return Bytes.of(parts.toArray());
    }

    private byte[] command() {
        return switch (random.nextInt(5)) {
            case 0 -> Bytes.of(4, "PING", 0, random.nextInt(256), Bytes.zeros(random.nextInt(20)));
            case 1 -> Bytes.of(4, "PONG", Bytes.zeros(random.nextInt(20)));
            case 2 -> Bytes.of(9, "SUBSCRIBE", Bytes.zeros(random.nextInt(20)));
            case 3 -> Bytes.of(5, "ERROR", 3, "why");
            default -> Bytes.of(6, "CANCEL");
        };
    }

    /** Changes, cuts, doubles or replaces; one time in four nothing is done. Prefers the bytes from an offset on. */
    private byte[] mutate(final byte[] valid, final int interestingFrom) {
        byte[] bytes = valid;
        final int mutations = random.nextInt(4);
        for (int i = 0; i < mutations && bytes.length > 0; i++) {
            final int from = random.nextBoolean() && bytes.length > interestingFrom ? interestingFrom : 0;
            final int at = from + random.nextInt(bytes.length - from);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = Bytes.of(Arrays.copyOf(bytes, at), random.nextInt(256), tail(bytes, at));
                case 4 -> bytes = Bytes.of(bytes, tail(bytes, at));
                default -> {
                    if (random.nextInt(4) == 0) {
                        random.nextBytes(bytes);
                    }
                }
            }
        }
        return bytes;
    }

    private static byte[] tail(final byte[] bytes, final int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private int[] chunks(final int length) {
        if (random.nextInt(4) == 0) {
            return new int[] {1};
        }
        final int[] chunks = new int[1 + random.nextInt(5)];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = 1 + random.nextInt(Math.max(1, length));
        }
        return chunks;
    }

    private String describe(final int iteration, final byte[] input, final int... chunks) {
        return "seed=" + SEED + ", iteration=" + iteration + ", chunks=" + Arrays.toString(chunks) + ", input="
                + HexFormat.of().formatHex(input);
    }
}
