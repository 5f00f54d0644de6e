package io.sluicemq.testkit.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the verbs of a socket as lines. */
final class LibzmqSocket implements PeerSocket {

    private static final Duration VERB_TIMEOUT = Duration.ofSeconds(10);

    private final LibzmqPeer peer;
    private final String key;
    private final PeerSocketType type;
    private volatile boolean closed;

    LibzmqSocket(final LibzmqPeer peer, final String key, final PeerSocketType type) {
        this.peer = peer;
        this.key = key;
        this.type = type;
    }

    @Override
    public PeerSocket option(final PeerOption option, final long value) {
        option.requireNumber();
        call("number", option.libzmqName() + " " + value);
        return this;
    }

    @Override
    public PeerSocket option(final PeerOption option, final byte[] value) {
        option.requireBytes();
        call("bytes", option.libzmqName() + " " + PeerHex.word(value));
        return this;
    }

    @Override
    public String bind(final String endpoint) {
        return call("bind", endpoint);
    }

    @Override
    public void connect(final String endpoint) {
        call("connect", endpoint);
    }

    @Override
    public void unbind(final String endpoint) {
        call("unbind", endpoint);
    }

    @Override
    public void disconnect(final String endpoint) {
        call("disconnect", endpoint);
    }

    @Override
    public void subscribe(final byte[] prefix) {
        call("subscribe", PeerHex.word(prefix));
    }

    @Override
    public void unsubscribe(final byte[] prefix) {
        call("unsubscribe", PeerHex.word(prefix));
    }

    @Override
    public boolean send(final Duration timeout, final byte[]... frames) {
        final String words = Arrays.stream(frames).map(PeerHex::word).collect(Collectors.joining(" "));
        return start("send", timeout, words).await() == 1;
    }

    @Override
    public List<byte[]> receive(final Duration timeout) {
        final String words = start("receive", timeout, "").awaitText();
        final List<byte[]> frames = new ArrayList<>();
        if (!words.isEmpty()) {
            for (final String word : words.split(" ", -1)) {
                frames.add(PeerHex.bytes(word));
            }
        }
        return frames;
    }

    @Override
    public PeerTask sendBulk(final BulkLoad load, final Duration timeout) {
        return start("bulk-send", timeout, load.toWords());
    }

    @Override
    public PeerTask receiveBulk(final BulkLoad load, final Duration timeout) {
        return start("bulk-receive", timeout, load.toWords());
    }

    @Override
    public PeerTask exchangeBulk(final BulkLoad load, final int window, final Duration timeout) {
        return start("bulk-exchange", timeout, window + " " + load.toWords());
    }

    @Override
    public PeerTask echo(final long count, final Duration timeout) {
        return start("echo", timeout, Long.toString(count));
    }

    @Override
    public void close() {
        if (!closed && peer.isAlive()) {
            closed = true;
            call("close", "");
        }
    }

    @Override
    public String toString() {
        return "libzmq " + type + " " + key;
    }

    private String call(final String verb, final String words) {
        return peer.call(verb + " " + key + " " + words, VERB_TIMEOUT).awaitText();
    }

    private PeerTask start(final String verb, final Duration timeout, final String words) {
        return peer.call(verb + " " + key + " " + timeout.toMillis() + " " + words, timeout);
    }
}
