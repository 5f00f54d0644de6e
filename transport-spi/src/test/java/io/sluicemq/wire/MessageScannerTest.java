package io.sluicemq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MessageScannerTest {
    private static final int MORE = FrameHeader.MORE;
    private static final int COMMAND = FrameHeader.COMMAND;

    private final MessageScanner scanner = new MessageScanner(-1, MessageScanner.DEFAULT_MAX_FRAMES);

    @Test
    void shouldFindSingleFrame() {
        final UnsafeBuffer region = new UnsafeBuffer(Bytes.of(0xEE, 0x00, 0x04, "ALOL", 0x00));

        final int result = scanner.scan(region, 1, 7);

        assertThat(result).isEqualTo(MessageScanner.MESSAGE);
        assertThat(scanner.frameCount()).isEqualTo(1);
        assertThat(scanner.messageLength()).isEqualTo(6);
        assertThat(scanner.bodyOffset()).isEqualTo(3);
        assertThat(scanner.bodyLength()).isEqualTo(4);
        assertThat(scanner.consumedLength()).isEqualTo(6);
        assertThat(scanner.remainingLength()).isEqualTo(1);
    }

    @Test
    void shouldFindAllFramesOfMultipartMessage() {
        final byte[] message = Bytes.of(MORE, 1, "a", MORE, 0, Bytes.longFrame(0, Bytes.of("bc")));

        final int result = scanner.scan(new UnsafeBuffer(message), 0, message.length);

        assertThat(result).isEqualTo(MessageScanner.MESSAGE);
        assertThat(scanner.frameCount()).isEqualTo(3);
        assertThat(scanner.messageLength()).isEqualTo(message.length);
        assertThat(scanner.bodyLength()).isEqualTo(2);
    }

    @Test
    void shouldAcceptLongFramesOfAnySize() {
        for (final int size : new int[] {0, 1, 255, 256, 70_000}) {
            final byte[] message = Bytes.longFrame(0, Bytes.zeros(size));

            final int result = scanner.scan(new UnsafeBuffer(message), 0, message.length);

            assertThat(result).isEqualTo(MessageScanner.MESSAGE);
            assertThat(scanner.bodyLength()).isEqualTo(size);
        }
    }

    @Test
    void shouldIgnoreReservedFlags() {
        final byte[] message = Bytes.of(0xF9, 1, "a", 0xF8, 1, "b");

        final int result = scanner.scan(new UnsafeBuffer(message), 0, message.length);

        assertThat(result).isEqualTo(MessageScanner.MESSAGE);
        assertThat(scanner.frameCount()).isEqualTo(2);
    }

    @Test
    void shouldSayHowManyBytesAreMissing() {
        final byte[] message = Bytes.of(MORE, 3, "abc", Bytes.longFrame(0, Bytes.zeros(300)));
        final UnsafeBuffer region = new UnsafeBuffer(message);

        final long[] needed = new long[6];
        final int[] lengths = {0, 2, 5, 7, 14, 313};
        for (int i = 0; i < lengths.length; i++) {
            assertThat(scanner.scan(region, 0, lengths[i])).isEqualTo(MessageScanner.INCOMPLETE);
            assertThat(scanner.bytesMissing()).isEqualTo(scanner.bytesNeeded() - lengths[i]);
            assertThat(scanner.consumedLength()).isZero();
            assertThat(scanner.remainingLength()).isEqualTo(lengths[i]);
            needed[i] = scanner.bytesNeeded();
        }

        assertThat(needed).containsExactly(2, 5, 7, 14, 314, 314);
        assertThat(scanner.scan(region, 0, 314)).isEqualTo(MessageScanner.MESSAGE);
    }

    @Test
    void shouldGoOnInAnotherBuffer() {
        final byte[] message = Bytes.of(MORE, 1, "a", MORE, 1, "b", 0, 1, "c");
        scanner.scan(new UnsafeBuffer(message), 0, 7);

        final UnsafeBuffer moved = new UnsafeBuffer(Bytes.of(Bytes.zeros(50), message));
        final int result = scanner.scan(moved, 50, message.length);

        assertThat(result).isEqualTo(MessageScanner.MESSAGE);
        assertThat(scanner.frameCount()).isEqualTo(3);
        assertThat(scanner.bodyOffset()).isEqualTo(58);
    }

    @Test
    void shouldReportCommandBetweenMessages() {
        final byte[] region = Bytes.of(COMMAND, 7, 4, "PING", 0, 0, 0, 1, "x");

        final int result = scanner.scan(new UnsafeBuffer(region), 0, region.length);

        assertThat(result).isEqualTo(MessageScanner.COMMAND);
        assertThat(scanner.bodyOffset()).isEqualTo(2);
        assertThat(scanner.bodyLength()).isEqualTo(7);
        assertThat(scanner.consumedLength()).isEqualTo(9);
        assertThat(scanner.remainingLength()).isEqualTo(3);
        assertThat(scanner.isInsideMessage()).isFalse();
    }

    /** libzmq sends PING and PONG between two frames of a message that it has half written. */
    @Test
    void shouldCutCommandsOutOfMultipartMessage() {
        final byte[] ping = Bytes.of(COMMAND, 7, 4, "PING", 0, 0);
        final byte[] stream =
                Bytes.of(MORE, 3, "abc", ping, MORE, 40, Bytes.zeros(40), ping, ping, 0, 1, "z", 0, 1, "n");
        final UnsafeBuffer region = new UnsafeBuffer(stream);

        assertThat(scanner.scan(region, 0, stream.length)).isEqualTo(MessageScanner.COMMAND);
        assertThat(scanner.isInsideMessage()).isTrue();
        assertThat(scanner.consumedLength()).isZero();
        assertThat(scanner.remainingLength()).isEqualTo(stream.length);
        assertThat(scanner.bodyOffset()).isEqualTo(7);
        assertThat(scanner.scan(region, 0, stream.length)).isEqualTo(MessageScanner.COMMAND);
        assertThat(scanner.scan(region, 0, stream.length)).isEqualTo(MessageScanner.COMMAND);

        assertThat(scanner.scan(region, 0, stream.length)).isEqualTo(MessageScanner.MESSAGE);
        assertThat(Bytes.copyOf(region, 0, scanner.messageLength()))
                .isEqualTo(Bytes.of(MORE, 3, "abc", MORE, 40, Bytes.zeros(40), 0, 1, "z"));
        assertThat(scanner.frameCount()).isEqualTo(3);
        assertThat(region.getByte(scanner.bodyOffset())).isEqualTo((byte) 'z');
        assertThat(scanner.consumedLength()).isEqualTo(stream.length - 3);
        assertThat(scanner.remainingLength()).isEqualTo(3);
    }

    @Test
    void shouldNotLetCommandsInsideMessageFillMemory() {
        final byte[] command = Bytes.of(COMMAND, 3, 2, "XY");
        final UnsafeBuffer region = new UnsafeBuffer(new byte[64]);
        region.putBytes(0, Bytes.of(MORE, 1, "a"));
        int length = 3;

        int commands = 0;
        for (int i = 0; i < 10_000; i++) {
            region.putBytes(length, command);
            length += command.length;
            while (scanner.scan(region, 0, length) == MessageScanner.COMMAND) {
                commands++;
                length = scanner.remainingLength();
            }
            length = scanner.remainingLength();
        }

        assertThat(commands).isEqualTo(10_000);
        assertThat(length).isEqualTo(3);
    }

    @Test
    void shouldFindTheSameHoweverTheStreamIsSplit() {
        final byte[] stream = Bytes.of(
                Bytes.of(0, 1, "a"),
                Bytes.of(COMMAND, 7, 4, "PING", 0, 0),
                Bytes.of(MORE, 2, "bc", COMMAND, 3, 2, "XY", MORE, 0, COMMAND, 3, 2, "ZZ", 0, 1, "d"),
                Bytes.longFrame(MORE, Bytes.zeros(20)),
                Bytes.longFrame(0, Bytes.zeros(0)),
                Bytes.longFrame(COMMAND, Bytes.of(2, "LC")),
                Bytes.of(0, 0));
        final List<String> whole = ScannerDriver.run(scanner, stream, stream.length);

        assertThat(whole)
                .containsExactly(
                        "message 000161",
                        "command 0450494e470000",
                        "command 025859",
                        "command 025a5a",
                        "message 010262630100000164",
                        "message 030000000000000014" + "00".repeat(20) + "020000000000000000",
                        "command 024c43",
                        "message 0000");
        assertThat(ScannerDriver.run(scanner, stream, 1)).isEqualTo(whole);
        for (int split = 1; split < stream.length; split++) {
            assertThat(ScannerDriver.run(scanner, stream, split, stream.length - split))
                    .as("split=%d", split)
                    .isEqualTo(whole);
        }
    }

    @Test
    void shouldRefuseTopBitOfLength() {
        final byte[] frame = Bytes.of(0x02, 0x80, Bytes.zeros(7));

        final int result = scanner.scan(new UnsafeBuffer(frame), 0, frame.length);

        assertThat(result).isEqualTo(MessageScanner.BAD_LENGTH);
        assertThat(scanner.errorText()).startsWith("frameLength=9223372036854775808, limit=9223372036854775807");
    }

    @Test
    void shouldRefuseCommandWithMore() {
        final byte[] frame = Bytes.of(MORE | COMMAND, 3, 2, "XY");

        final int result = scanner.scan(new UnsafeBuffer(frame), 0, frame.length);

        assertThat(result).isEqualTo(MessageScanner.COMMAND_WITH_MORE);
        assertThat(scanner.errorText()).contains("flags=MORE|COMMAND");
    }

    @Test
    void shouldLimitCommandsApartFromMessages() {
        final MessageScanner limited = new MessageScanner(10, 100);
        final byte[] command = Bytes.of(0x04, 11, "12345678901");

        assertThat(limited.scan(new UnsafeBuffer(command), 0, command.length))
                .isEqualTo(MessageScanner.COMMAND_TOO_LARGE);
        assertThat(limited.errorText()).startsWith("commandBytes=11, limit=10, ");
    }

    @Test
    void shouldLimitBodiesOfAllFramesTogetherAsSoonAsAnnounced() {
        final MessageScanner limited = new MessageScanner(10, 100);
        final byte[] fits = Bytes.of(MORE, 6, "123456", 0, 4, "1234");
        final byte[] tooLarge = Bytes.of(MORE, 6, "123456", 0, 5);
        final byte[] huge = Bytes.of(0x02, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
        final byte[] oneFrame = Bytes.of(0, 11, "12345678901");

        assertThat(limited.scan(new UnsafeBuffer(fits), 0, fits.length)).isEqualTo(MessageScanner.MESSAGE);
        assertThat(limited.scan(new UnsafeBuffer(tooLarge), 0, tooLarge.length)).isEqualTo(MessageScanner.TOO_LARGE);
        assertThat(limited.errorText()).startsWith("messageBytes=11, limit=10, ");
        assertThat(new MessageScanner(10, 1).scan(new UnsafeBuffer(huge), 0, huge.length))
                .isEqualTo(MessageScanner.TOO_LARGE);
        assertThat(new MessageScanner(-1, 1).scan(new UnsafeBuffer(huge), 0, huge.length))
                .isEqualTo(MessageScanner.TOO_LARGE);
        assertThat(new MessageScanner(10, 1).scan(new UnsafeBuffer(oneFrame), 0, oneFrame.length))
                .isEqualTo(MessageScanner.TOO_LARGE);
    }

    @Test
    void shouldNotCountCommandsInsideMessageAgainstItsLimits() {
        final byte[] stream = Bytes.of(MORE, 4, "1234", COMMAND, 3, 2, "XY", COMMAND, 3, 2, "XY", 0, 6, "123456");
        final MessageScanner limited = new MessageScanner(10, 2);

        for (int chunk = 1; chunk <= stream.length; chunk++) {
            assertThat(ScannerDriver.run(limited, stream, chunk))
                    .as("chunk=%d", chunk)
                    .containsExactly("command 025859", "command 025859", "message 0104313233340006313233343536");
        }
    }

    @Test
    void shouldLimitFramesOfOneMessage() {
        final MessageScanner limited = new MessageScanner(-1, 3);
        final byte[] fits = Bytes.of(MORE, 0, MORE, 0, 0, 0);
        final byte[] tooMany = Bytes.of(MORE, 0, MORE, 0, MORE, 0, 0, 0);

        assertThat(limited.scan(new UnsafeBuffer(fits), 0, fits.length)).isEqualTo(MessageScanner.MESSAGE);
        assertThat(limited.scan(new UnsafeBuffer(tooMany), 0, tooMany.length))
                .isEqualTo(MessageScanner.TOO_MANY_FRAMES);
        assertThat(limited.errorText()).startsWith("frames=4, limit=3, ");
    }

    @Test
    void shouldScanEndlessMoreFramesInTimeProportionalToTheirBytes() {
        final int frames = 60_000;
        final byte[] stream = new byte[frames * 2];
        for (int i = 0; i < frames; i++) {
            stream[i * 2] = MORE;
        }
        final UnsafeBuffer counting = new CountingBuffer(stream);

        for (int length = 2; length <= stream.length; length += 2) {
            assertThat(scanner.scan(counting, 0, length)).isEqualTo(MessageScanner.INCOMPLETE);
        }

        assertThat(((CountingBuffer) counting).reads).isLessThan(10L * frames);
    }

    @Test
    void shouldRefuseMisuse() {
        assertThatThrownBy(() -> new MessageScanner(-2, 1)).hasMessageContaining("maxMessageBytes=-2, limit=-1");
        assertThatThrownBy(() -> new MessageScanner(-1, 0)).hasMessageContaining("maxFrames=0, limit=1");
        final UnsafeBuffer region = new UnsafeBuffer(Bytes.of(MORE, 1, "a", 0));
        scanner.scan(region, 0, 4);

        assertThatThrownBy(() -> scanner.scan(region, 0, 2)).hasMessageContaining("length=2, limit=3");
    }

    private static final class CountingBuffer extends UnsafeBuffer {
        private long reads;

        CountingBuffer(final byte[] bytes) {
            super(bytes);
        }

        @Override
        public byte getByte(final int index) {
            reads++;
            return super.getByte(index);
        }
    }

    /** Feeds a stream in chunks as a pipe would, and lists what comes out. */
    static final class ScannerDriver {
        private ScannerDriver() {}

        static List<String> run(final MessageScanner scanner, final byte[] stream, final int... chunks) {
            final List<String> events = new ArrayList<>();
            final UnsafeBuffer region = new UnsafeBuffer(new byte[stream.length]);
            int offset = 0;
            int length = 0;
            int fed = 0;
            for (int i = 0; fed < stream.length; i++) {
                final int chunk = Math.min(chunks[i % chunks.length], stream.length - fed);
                final byte[] rest = Bytes.copyOf(region, offset, length);
                region.putBytes(0, rest);
                offset = 0;
                region.putBytes(length, Arrays.copyOfRange(stream, fed, fed + chunk));
                length += chunk;
                fed += chunk;
                int result;
                do {
                    result = scanner.scan(region, offset, length);
                    describe(events, scanner, region, offset, result);
                    offset += scanner.consumedLength();
                    length = scanner.remainingLength();
                } while (result > 0);
                if (result < 0) {
                    break;
                }
            }
            return events;
        }

        private static void describe(
                final List<String> events,
                final MessageScanner scanner,
                final UnsafeBuffer region,
                final int offset,
                final int result) {
            final java.util.HexFormat hex = java.util.HexFormat.of();
            if (result == MessageScanner.MESSAGE) {
                events.add("message " + hex.formatHex(Bytes.copyOf(region, offset, scanner.messageLength())));
            } else if (result == MessageScanner.COMMAND) {
                events.add(
                        "command " + hex.formatHex(Bytes.copyOf(region, scanner.bodyOffset(), scanner.bodyLength())));
            } else if (result < 0) {
                events.add("error " + result);
            }
        }
    }
}
