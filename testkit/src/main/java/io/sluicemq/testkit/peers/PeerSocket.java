package io.sluicemq.testkit.peers;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A socket of a foreign implementation. Its verbs run one after another on a thread of the socket's own: while a bulk run or
 * an echo goes on, a further verb waits for its end. Every call ends within its timeout and some seconds, or throws
 * {@link PeerException}. Any thread may call.
 */
public interface PeerSocket extends AutoCloseable {

    /**
     * Sets an option that takes a number.
     *
     * @param option to set.
     * @param value in the unit of the option's name.
     * @return this.
     */
    PeerSocket option(PeerOption option, long value);

    /**
     * Sets an option that takes bytes.
     *
     * @param option to set.
     * @param value copied.
     * @return this.
     */
    PeerSocket option(PeerOption option, byte[] value);

    /**
     * Binds.
     *
     * @param endpoint such as {@code tcp://127.0.0.1:*}.
     * @return the endpoint with the real port, for the other side to connect to.
     */
    String bind(String endpoint);

    /**
     * Connects, which ZeroMQ does in the background: success says nothing about the other side.
     *
     * @param endpoint to connect to.
     */
    void connect(String endpoint);

    /**
     * Undoes a bind.
     *
     * @param endpoint as {@link #bind} returned it.
     */
    void unbind(String endpoint);

    /**
     * Undoes a connect.
     *
     * @param endpoint as given to {@link #connect}.
     */
    void disconnect(String endpoint);

    /**
     * Subscribes a SUB.
     *
     * @param prefix of the first frame; empty for all.
     */
    void subscribe(byte[] prefix);

    /**
     * Takes back one {@link #subscribe}.
     *
     * @param prefix as it was subscribed.
     */
    void unsubscribe(byte[] prefix);

    /**
     * Sends one message.
     *
     * @param timeout to wait for room; zero for none.
     * @param frames one or more, copied.
     * @return false when there was no room in time.
     */
    boolean send(Duration timeout, byte[]... frames);

    /**
     * Receives one message.
     *
     * @param timeout to wait; zero takes only what is there.
     * @return its frames, or an empty list when none came in time.
     */
    List<byte[]> receive(Duration timeout);

    /**
     * Sends the messages of a load, in order, in the background.
     *
     * @param load what to send.
     * @param timeout for the whole run.
     * @return the run; its count is the messages sent.
     */
    PeerTask sendBulk(BulkLoad load, Duration timeout);

    /**
     * Receives the messages of a load in the background and checks the order and every byte.
     *
     * @param load what to expect.
     * @param timeout for the whole run.
     * @return the run; its count is the messages that came and were right.
     */
    PeerTask receiveBulk(BulkLoad load, Duration timeout);

    /**
     * Sends the messages of a load to a peer that sends them back, in the background, and checks the order and every byte of
     * what comes back: the client of an {@link #echo}.
     *
     * @param load what to send and to expect.
     * @param window messages sent and not yet returned, at most; 1 for a REQ.
     * @param timeout for the whole run.
     * @return the run; its count is the messages that came back and were right.
     */
    PeerTask exchangeBulk(BulkLoad load, int window, Duration timeout);

    /**
     * Sends back what comes, in the background: the server of a REP, ROUTER, DEALER or PAIR.
     *
     * @param count messages to answer.
     * @param timeout for the whole run.
     * @return the run; its count is the messages answered.
     */
    PeerTask echo(long count, Duration timeout);

    /** Closes the socket, breaking off a bulk run or an echo. What lingers is sent on in the background. */
    @Override
    void close();

    /**
     * Sends one message of text frames.
     *
     * @param timeout to wait for room.
     * @param frames in UTF-8.
     * @return false when there was no room in time.
     */
    default boolean sendText(final Duration timeout, final String... frames) {
        return send(
                timeout,
                Arrays.stream(frames)
                        .map(frame -> frame.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new));
    }

    /**
     * Receives one message of text frames.
     *
     * @param timeout to wait.
     * @return its frames, or an empty list when none came in time.
     */
    default List<String> receiveText(final Duration timeout) {
        return receive(timeout).stream()
                .map(frame -> new String(frame, StandardCharsets.UTF_8))
                .toList();
    }
}
