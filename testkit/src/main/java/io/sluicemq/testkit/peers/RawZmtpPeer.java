package io.sluicemq.testkit.peers;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One end of a TCP connection that says exactly the bytes it is told to: wrong greetings, half handshakes, frames too long,
 * silence. It reads only what a test asks for, so by itself it is a reader that stopped. Reading and writing block, each within
 * a limit. One thread at a time.
 */
public final class RawZmtpPeer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int GREETING_BYTES = 64;
    private static final int MAX_BODY_BYTES = 64 << 20;
    private static final int LONG_FLAG = 0x02;

    private final Socket socket;

    RawZmtpPeer(final Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
    }

    /**
     * Connects.
     *
     * @param endpoint such as {@code tcp://127.0.0.1:5555}.
     * @return the connected end; nothing has been sent.
     */
    public static RawZmtpPeer connect(final String endpoint) {
        return connect(endpoint, 0);
    }

    /**
     * Connects with a small receive window, so that the other side feels soon that nobody reads.
     *
     * @param endpoint such as {@code tcp://127.0.0.1:5555}.
     * @param receiveBufferBytes of the kernel; 0 for its default.
     * @return the connected end; nothing has been sent.
     */
    public static RawZmtpPeer connect(final String endpoint, final int receiveBufferBytes) {
        final Socket socket = new Socket();
        try {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port(endpoint));
            socket.connect(address, (int) LIMIT.toMillis());
            return new RawZmtpPeer(socket);
        } catch (final IOException e) {
            closeQuietly(socket);
            throw new PeerException("raw: cannot connect to endpoint=" + endpoint, e);
        }
    }

    /**
     * Writes bytes.
     *
     * @param hex digits, in which blanks are for reading only.
     * @return this.
     */
    public RawZmtpPeer sendHex(final String hex) {
        return send(ZmtpBytes.hex(hex));
    }

    /**
     * Writes bytes. Blocks while the other side does not read, until {@link #close}.
     *
     * @param bytes to write.
     * @return this.
     */
    public RawZmtpPeer send(final byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (final IOException e) {
            throw new PeerException("raw: cannot send bytes=" + bytes.length, e);
        }
    }

    /**
     * Writes bytes one by one, each as a segment of its own as far as the kernel lets it.
     *
     * @param bytes to write.
     * @return this.
     */
    public RawZmtpPeer sendByteByByte(final byte[] bytes) {
        for (final byte value : bytes) {
            send(new byte[] {value});
        }
        return this;
    }

    /**
     * Reads and compares.
     *
     * @param hex digits that must come next, in which blanks are for reading only.
     * @return this.
     * @throws AssertionError when something else, less, or nothing comes in time.
     */
    public RawZmtpPeer expectHex(final String hex) {
        final byte[] expected = ZmtpBytes.hex(hex);
        final byte[] actual = receiveUpTo(expected.length, LIMIT);
        if (!Arrays.equals(expected, actual)) {
            throw new AssertionError(
                    "raw: expected=[" + HexFormat.ofDelimiter(" ").formatHex(expected) + "], received=["
                            + HexFormat.ofDelimiter(" ").formatHex(actual) + "]");
        }
        return this;
    }

    /**
     * Reads exactly so many bytes.
     *
     * @param count of bytes.
     * @return the bytes.
     * @throws AssertionError when the stream ends before, or they do not come in time.
     */
    public byte[] receive(final int count) {
        final byte[] bytes = receiveUpTo(count, LIMIT);
        if (bytes.length != count) {
            throw new AssertionError("raw: received=" + bytes.length + " of count=" + count + " bytes");
        }
        return bytes;
    }

    /**
     * Reads until there are so many bytes, the stream ends or is reset, or the time is over.
     *
     * @param limitBytes to read at most.
     * @param timeout for all of it.
     * @return what came.
     */
    public byte[] receiveUpTo(final int limitBytes, final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final byte[] bytes = new byte[limitBytes];
        int length = 0;
        try {
            final InputStream in = socket.getInputStream();
            while (length < limitBytes) {
                final int read = readBefore(in, bytes, length, deadlineNs);
                if (read < 0) {
                    break;
                }
                length += read;
            }
        } catch (final SocketTimeoutException | EOFException | SocketException e) {
            return Arrays.copyOf(bytes, length);
        } catch (final IOException e) {
            throw new PeerException("raw: cannot receive", e);
        }
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Reads one frame or command.
     *
     * @return the frame.
     * @throws AssertionError when none comes in time or its body is longer than 64 MiB.
     */
    public ZmtpBytes.Frame receiveFrame() {
        final int flags = receive(1)[0] & 0xFF;
        final long length = ZmtpBytes.unsigned(receive((flags & LONG_FLAG) == 0 ? 1 : Long.BYTES));
        if (length < 0 || length > MAX_BODY_BYTES) {
            throw new AssertionError("raw: bodyBytes=" + length + ", limit=" + MAX_BODY_BYTES);
        }
        return new ZmtpBytes.Frame(flags, receive((int) length));
    }

    /**
     * Goes through greeting and NULL handshake as ZMTP 3.1.
     *
     * @param socketType to announce.
     * @return the READY command of the other side.
     */
    public ZmtpBytes.Frame handshake(final String socketType) {
        send(ZmtpBytes.greeting(1));
        receive(GREETING_BYTES);
        send(ZmtpBytes.ready(socketType));
        return receiveFrame();
    }

    /**
     * Waits until the other side closes or resets the connection, and drops what it sends until then.
     *
     * @param timeout to wait.
     * @throws AssertionError when the connection stays open.
     */
    public void expectClosed(final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final byte[] dropped = new byte[64 << 10];
        try {
            final InputStream in = socket.getInputStream();
            while (readBefore(in, dropped, 0, deadlineNs) >= 0) {
                Thread.onSpinWait();
            }
        } catch (final SocketTimeoutException e) {
            throw new AssertionError("raw: connection still open, waitedMs=" + timeout.toMillis(), e);
        } catch (final SocketException e) {
            // A reset is an end too.
            return;
        } catch (final IOException e) {
            throw new PeerException("raw: cannot receive", e);
        }
    }

    /**
     * Checks that nothing comes and the connection stays open for a time.
     *
     * @param time to listen.
     * @throws AssertionError when a byte or the end of the stream comes.
     */
    public void expectSilence(final Duration time) {
        try {
            final int value = readByteBefore(time);
            throw new AssertionError(value < 0 ? "raw: connection was closed" : "raw: received byte=" + value);
        } catch (final SocketTimeoutException e) {
            return;
        } catch (final IOException e) {
            throw new AssertionError("raw: connection was broken", e);
        }
    }

    /** Says that no more comes, and can still read. */
    public void shutdownOutput() {
        try {
            socket.shutdownOutput();
        } catch (final IOException e) {
            throw new PeerException("raw: cannot shut down", e);
        }
    }

    /** Ends the connection with a reset, as a crash of a machine's process with unread input does. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (final IOException e) {
            throw new PeerException("raw: cannot reset", e);
        }
    }

    @Override
    public void close() {
        closeQuietly(socket);
    }

    private int readByteBefore(final Duration time) throws IOException {
        final byte[] one = new byte[1];
        final int read = readBefore(socket.getInputStream(), one, 0, System.nanoTime() + time.toNanos());
        return read < 0 ? -1 : one[0] & 0xFF;
    }

    private int readBefore(final InputStream in, final byte[] target, final int offset, final long deadlineNs)
            throws IOException {
        final long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs < 0) {
            throw new SocketTimeoutException("deadline");
        }
        socket.setSoTimeout((int) Math.max(1, leftMs));
        return in.read(target, offset, target.length - offset);
    }

    private static int port(final String endpoint) {
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
    }

    static void closeQuietly(final AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (final Exception e) {
            throw new PeerException("raw: cannot close", e);
        }
    }
}
