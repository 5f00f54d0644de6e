package io.sluicemq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluicemq.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LinesTest {
    private static final LineLayout TEXT = new LineLayout(false, false, false);
    private static final LineLayout FRAMES = new LineLayout(true, false, false);
    private static final LineLayout HEX_FRAMES = new LineLayout(true, true, false);
    private static final LineLayout ROUTED = new LineLayout(true, false, true);

    private int alterations;

    @Test
    void shouldSplitAtLineFeedsOnly() throws IOException {
        assertThat(lines("a\r\n\n b \tc\nlast")).containsExactly("a\r", "", " b \tc", "last");
    }

    @Test
    void shouldReadNothingFromAnEmptyInput() throws IOException {
        assertThat(lines("")).isEmpty();
    }

    @Test
    void shouldReadLinesLongerThanItsBuffer() throws IOException {
        final String big = "x".repeat(200_000);

        assertThat(lines("a\n" + big + "\nb\n")).containsExactly("a", big, "b");
    }

    @Test
    void shouldReadLinesThatComeByteByByte() throws IOException {
        final InputStream slow = new ByteArrayInputStream(bytes("ab\n\ncd\n")) {
            @Override
            public synchronized int read(final byte[] target, final int offset, final int length) {
                return super.read(target, offset, Math.min(1, length));
            }
        };

        assertThat(lines(slow)).containsExactly("ab", "", "cd");
    }

    @Test
    void shouldTakeALineAsOneFrame() throws IOException {
        final Message message = decode(TEXT, "a\tb");

        assertThat(message.frameCount()).isOne();
        assertThat(message.text(0)).isEqualTo("a\tb");
    }

    @Test
    void shouldPartFramesAtTabs() throws IOException {
        final Message message = decode(FRAMES, "\ta\t\tb\t");

        assertThat(texts(message)).containsExactly("", "a", "", "b", "");
    }

    @Test
    void shouldReadHexadecimalFrames() throws IOException {
        final Message message = decode(HEX_FRAMES, "00fF\t\t0a");

        assertThat(message.frame(0)).containsExactly(0, 0xff);
        assertThat(message.frame(1)).isEmpty();
        assertThat(message.frame(2)).containsExactly(10);
    }

    @Test
    void shouldNameTheLineWithWrongHexadecimalDigits() {
        assertThatThrownBy(() -> decode(HEX_FRAMES, "0g"))
                .isInstanceOf(CliException.class)
                .hasMessage("hexDigit=other, limit=0-9 a-f A-F, correct line 1 of the input");
        assertThatThrownBy(() -> decode(HEX_FRAMES, "012"))
                .isInstanceOf(CliException.class)
                .hasMessage("hexDigits=3, limit=an even number, correct line 1 of the input");
    }

    @Test
    void shouldWriteBytesAsTheyAre() {
        final byte[] body = new byte[256];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i == '\n' ? 0 : i);
        }

        final byte[] line = encode(TEXT, Message.of(body));

        assertThat(line).hasSize(257).startsWith(body).endsWith('\n');
        assertThat(alterations).isZero();
    }

    @Test
    void shouldKeepAMessageOnOneLineAndSaySoOnce() {
        final String lines =
                new String(encode(FRAMES, Message.of("a\nb", "c\td"), Message.of("e\nf")), StandardCharsets.UTF_8);

        assertThat(lines).isEqualTo("a\\nb\tc\\td\ne\\nf\n");
        assertThat(alterations).isOne();
    }

    @Test
    void shouldPartFramesInTextToo() {
        assertThat(encode(TEXT, Message.of("a", "", "b"))).isEqualTo(bytes("a\t\tb\n"));
    }

    @Test
    void shouldWriteHexadecimalFrames() {
        assertThat(encode(HEX_FRAMES, Message.of(new byte[] {0, -1}, new byte[0], new byte[] {10})))
                .isEqualTo(bytes("00ff\t\t0a\n"));
    }

    @Test
    void shouldWriteRoutingIdsSoThatTheyReadBackAsThemselves() throws IOException {
        final byte[][] ids = {bytes("alice"), {0, 1, 2, '\n', '\t'}, bytes("0xzz"), bytes("a b"), bytes("0x")};
        final String[] texts = {"alice", "0x0001020a09", "0x30787a7a", "0x612062", "0x3078"};
        for (int i = 0; i < ids.length; i++) {
            final byte[] line = encode(ROUTED, Message.of(ids[i], bytes("0xbody")));

            assertThat(line).isEqualTo(bytes(texts[i] + "\t0xbody\n"));
            final Message back = decode(ROUTED, new String(line, StandardCharsets.UTF_8));
            assertThat(back.frame(0)).isEqualTo(ids[i]);
            assertThat(back.text(1)).isEqualTo("0xbody");
        }
    }

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        final Message message = decode(HEX_FRAMES, "0a09\t\tff");

        assertThat(encode(HEX_FRAMES, message)).isEqualTo(bytes("0a09\t\tff\n"));
    }

    private static List<String> lines(final String text) throws IOException {
        return lines(new ByteArrayInputStream(bytes(text)));
    }

    private static List<String> lines(final InputStream stream) throws IOException {
        final LineInput input = new LineInput(stream);
        final List<String> lines = new ArrayList<>();
        while (input.next()) {
            final byte[] line = new byte[input.length()];
            input.buffer().getBytes(input.offset(), line);
            lines.add(new String(line, StandardCharsets.UTF_8));
            assertThat(input.number()).isEqualTo(lines.size());
        }
        return lines;
    }

    private static Message decode(final LineLayout layout, final String line) throws IOException {
        final LineInput input = new LineInput(new ByteArrayInputStream(bytes(line)));
        assertThat(input.next()).isTrue();
        final Message message = new Message();
        new LineCodec(layout).decode(input, message);
        return message;
    }

    private byte[] encode(final LineLayout layout, final Message... messages) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final LineOutput output = new LineOutput(bytes, layout, () -> alterations++);
        for (final Message message : messages) {
            output.write(message);
        }
        output.flush();
        return bytes.toByteArray();
    }

    private static List<String> texts(final Message message) {
        final List<String> texts = new ArrayList<>();
        for (int i = 0; i < message.frameCount(); i++) {
            texts.add(message.text(i));
        }
        return texts;
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
