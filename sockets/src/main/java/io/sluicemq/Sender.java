package io.sluicemq;

import io.sluicemq.core.SendPort;
import io.sluicemq.core.Waits;
import io.sluicemq.transport.MessageKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A socket that sends. Bytes and buffers are copied, so their memory is the caller's again on return; a {@link Message} gives
 * its content away, and is empty once it was {@link SendResult#SENT}. Any thread may call, and a message of several frames is
 * one call, so it arrives whole or not at all, from any number of threads.
 *
 * <p>{@code send} waits for room or for a peer as long as {@link SocketOptions.Builder#sendTimeout} or the call says; {@code
 * trySend} does not wait. The calls that take a {@link DirectBuffer} or a reused {@link Message} allocate nothing.
 */
public sealed interface Sender
        permits PushSocket,
                PubSocket,
                XPubSocket,
                XSubSocket,
                ReqSocket,
                RepSocket,
                DealerSocket,
                RouterSocket,
                PairSocket {
    /**
     * Sends a message of one frame.
     *
     * @param buffer holds the frame.
     * @param offset of the frame, in bytes.
     * @param length of the frame, in bytes.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    default SendResult send(final DirectBuffer buffer, final int offset, final int length) throws InterruptedException {
        final SendPort port = Ports.send(this);
        return port.send(MessageKind.SINGLE, buffer, offset, length, port.defaultTimeoutNs());
    }

    /**
     * Sends a message of one frame, without waiting.
     *
     * @param buffer holds the frame.
     * @param offset of the frame, in bytes.
     * @param length of the frame, in bytes.
     * @return what became of it.
     */
    default SendResult trySend(final DirectBuffer buffer, final int offset, final int length) {
        return Ports.send(this).trySend(MessageKind.SINGLE, buffer, offset, length);
    }

    /**
     * Sends a message of any number of frames.
     *
     * @param message with at least one frame; empty afterwards if the result is {@link SendResult#SENT}, else as it was.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    default SendResult send(final Message message) throws InterruptedException {
        final SendPort port = Ports.send(this);
        return port.send(message.content(), port.defaultTimeoutNs());
    }

    /**
     * Sends a message of any number of frames, waiting no longer than a time.
     *
     * @param message with at least one frame; empty afterwards if the result is {@link SendResult#SENT}, else as it was.
     * @param timeout longest wait.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    default SendResult send(final Message message, final Duration timeout) throws InterruptedException {
        return Ports.send(this).send(message.content(), Waits.nanos(timeout));
    }

    /**
     * Sends a message of any number of frames, without waiting.
     *
     * @param message with at least one frame; empty afterwards if the result is {@link SendResult#SENT}, else as it was.
     * @return what became of it.
     */
    default SendResult trySend(final Message message) {
        return Ports.send(this).trySend(message.content());
    }

    /**
     * Sends a text, in UTF-8, as a message of one frame.
     *
     * @param text of the frame.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    default SendResult send(final String text) throws InterruptedException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sends bytes as a message of one frame.
     *
     * @param body of the frame.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    default SendResult send(final byte[] body) throws InterruptedException {
        return send(new UnsafeBuffer(body), 0, body.length);
    }

    /**
     * Sends bytes as a message of one frame.
     *
     * @param body what remains in it is sent; its position is left as it is.
     * @return what became of it.
     * @throws InterruptedException when the thread is interrupted while it waits; nothing was sent.
     */
    default SendResult send(final ByteBuffer body) throws InterruptedException {
        final int length = body.remaining();
        return send(new UnsafeBuffer(body, body.position(), length), 0, length);
    }
}
