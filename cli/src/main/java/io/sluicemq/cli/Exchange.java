package io.sluicemq.cli;

import io.sluicemq.DealerSocket;
import io.sluicemq.DropCause;
import io.sluicemq.Message;
import io.sluicemq.PairSocket;
import io.sluicemq.PushSocket;
import io.sluicemq.Receiver;
import io.sluicemq.SendResult;
import io.sluicemq.Sender;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Carries lines of standard input to a socket and messages from it to standard output. Input is read by a thread of its own,
 * since a read cannot be woken; the main thread receives, or waits for the input to end.
 */
final class Exchange {
    /** A call hands over what is there, up to this. */
    private static final int BATCH = 256;

    /** How often it is asked whether the input still has lines. */
    private static final long CHECK_MS = 10;

    private final Limits limits;
    private final LineCodec codec;
    private final LineOutput output;
    private final LineInput input = new LineInput(new FileInputStream(FileDescriptor.in));
    private final Consumer<String> tell;
    private final Message outgoing = new Message();
    private volatile FutureTask<Integer> inputTask;
    private volatile boolean stopped;
    private volatile boolean inputEnded;
    private volatile Socket sender;
    private volatile long accepted;

    Exchange(final Limits limits, final LineLayout layout, final Consumer<String> tell) {
        this.limits = limits;
        this.tell = tell;
        this.codec = new LineCodec(layout);
        this.output = new LineOutput(
                new FileOutputStream(FileDescriptor.out),
                layout,
                () -> tell.accept(
                        "a message holds a line feed or a TAB, written as \\n or \\t; --format hex keeps all bytes"));
    }

    Limits limits() {
        return limits;
    }

    LineOutput output() {
        return output;
    }

    /** A signal has come and the socket is closed: lets the main thread go on to its end. */
    void stop() {
        stopped = true;
        tellUnsent();
        final FutureTask<Integer> task = inputTask;
        if (task != null) {
            task.cancel(false);
        }
    }

    /** A publisher's messages that nobody subscribes to are not left behind, so it is not asked. */
    private void tellUnsent() {
        final Socket socket = sender;
        if (socket instanceof PushSocket || socket instanceof DealerSocket || socket instanceof PairSocket) {
            final long left = accepted - socket.stats().messagesSent();
            if (left > 0) {
                tell.accept("messagesLeft=" + left + ", limit=0, a signal ended the wait for peers");
            }
        }
    }

    /** Receives, until the count is reached, or with a timeout nothing comes for that long. */
    int receive(final Receiver socket) throws InterruptedException {
        long left = limits.count();
        long received = 0;
        while (left > 0) {
            final int limit = (int) Math.min(BATCH, left);
            int taken = socket.tryReceive(output, limit);
            if (taken == 0) {
                output.flush();
                taken = socket.receive(output, limit, limits.timeout());
            }
            if (taken == Receiver.CLOSED) {
                break;
            }
            if (taken == 0 && inputEnded && !limits.hasCount()) {
                break;
            }
            if (taken == 0) {
                return timedOut("messages=" + received);
            }
            left -= taken;
            received += taken;
        }
        output.flush();
        return ExitCodes.OK;
    }

    /** Sends only. */
    <S extends Socket & Sender> int send(final S socket, final Start start, final Duration linger)
            throws InterruptedException, IOException {
        return await(begin(() -> {
            final int exitCode = sendLines(socket, start, limits.count());
            return finish(socket, linger, exitCode);
        }));
    }

    /**
     * Sends and receives at the same time. The count is of messages received. Without one, the end of an input that had lines
     * is the end, or with a timeout the first silence of that length after it; an empty input is none. With one, lines that
     * have come by then are sent yet.
     */
    <S extends Socket & Sender & Receiver> int sendAndReceive(final S socket, final Start start, final Duration linger)
            throws InterruptedException, IOException {
        final FutureTask<Integer> task = begin(() -> {
            final int exitCode = sendLines(socket, start, Long.MAX_VALUE);
            inputEnded = true;
            final boolean isEnd = !limits.hasCount() && !limits.hasTimeout() && input.number() > 0;
            return isEnd || exitCode != ExitCodes.OK ? finish(socket, linger, exitCode) : exitCode;
        });
        final int received = receive(socket);
        final int exitCode = Math.max(received, awaitLinesThatAreThere(task));
        return socket.isClosed() ? exitCode : finish(socket, linger, exitCode);
    }

    /** The count is reached, but lines that have come are sent yet: only what would have to be waited for is not. */
    private int awaitLinesThatAreThere(final FutureTask<Integer> task) throws InterruptedException, IOException {
        input.endWhereItWaits();
        while (!task.isDone()) {
            try {
                task.get(CHECK_MS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException e) {
                if (input.isWaiting()) {
                    return ExitCodes.OK;
                }
            } catch (final CancellationException | ExecutionException e) {
                break;
            }
        }
        return await(task);
    }

    /** Reads the next line into a message, which the next call uses again. */
    Message readLine() throws IOException {
        if (!input.next()) {
            return null;
        }
        codec.decode(input, outgoing);
        return outgoing;
    }

    /** Reads lines on a thread of its own; a signal lets go of it. */
    FutureTask<Integer> begin(final Work work) {
        final FutureTask<Integer> task = new FutureTask<>(work::run);
        inputTask = task;
        if (stopped) {
            task.cancel(false);
        }
        final Thread thread = new Thread(task, "input");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    /** Waits for the outcome of {@link #begin}. */
    int await(final FutureTask<Integer> task) throws InterruptedException, IOException {
        try {
            return task.get();
        } catch (final CancellationException e) {
            return ExitCodes.FAILURE;
        } catch (final ExecutionException e) {
            final Throwable cause = e.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            }
            throw cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
        }
    }

    private <S extends Socket & Sender> int sendLines(final S socket, final Start start, final long count)
            throws InterruptedException, IOException {
        int exitCode = ExitCodes.OK;
        sender = socket;
        for (long sent = 0; sent < count; sent++) {
            final Message message = readLine();
            if (message == null) {
                break;
            }
            if (sent == 0 && !start.await(message)) {
                return timedOut("peers=too few");
            }
            final SendResult result = socket.send(message, limits.timeout());
            switch (result) {
                case SENT -> accepted = sent + 1;
                case BACK_PRESSURED -> {
                    return timedOut("line " + input.number() + "=not taken, all peers are full");
                }
                case NOT_CONNECTED -> {
                    return timedOut("line " + input.number() + "=not taken, no peer is here");
                }
                case UNROUTABLE -> {
                    tell.accept(
                            "line " + input.number() + "=no peer has that routing id, limit=ids of connected peers, "
                                    + "begin the line with one of them");
                    exitCode = ExitCodes.FAILURE;
                }
                case CLOSED -> {
                    return exitCode;
                }
            }
        }
        return exitCode;
    }

    /** Closes the socket, and says what did not arrive. */
    int finish(final Socket socket, final Duration linger, final int exitCode) {
        final long left = socket.close(linger);
        final Map<DropCause, Long> dropped = socket.stats().dropped();
        if (left > 0) {
            tell.accept("messagesLeft=" + left + ", limit=0"
                    + (linger.equals(SocketOptions.FOREVER)
                            ? ", ended before they could leave"
                            : " after " + linger.toMillis() + " ms, give more time with --linger"));
        }
        long lost = left;
        for (final Map.Entry<DropCause, Long> entry : dropped.entrySet()) {
            if (entry.getKey() != DropCause.LINGER_EXPIRED && entry.getKey() != DropCause.IN_FLIGHT_UNKNOWN) {
                tell.accept("dropped=" + entry.getValue() + ", cause=" + entry.getKey());
                lost += entry.getValue();
            }
        }
        return lost > 0 && exitCode == ExitCodes.OK ? ExitCodes.LEFT_BEHIND : exitCode;
    }

    int timedOut(final String what) {
        output.flush();
        tell.accept(what + ", limit=" + limits.timeoutMs()
                + " ms, then --timeout ends the wait: give it more, or leave it out");
        return ExitCodes.TIMEOUT;
    }

    void say(final String text) {
        tell.accept(text);
    }

    /** What is waited for before the first message. */
    interface Start {
        /** Nothing. */
        Start AT_ONCE = first -> true;

        /** False when the time for it is over. */
        boolean await(Message first) throws InterruptedException;
    }
}
