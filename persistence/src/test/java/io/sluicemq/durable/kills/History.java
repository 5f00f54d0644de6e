package io.sluicemq.durable.kills;

import io.sluicemq.durable.kills.Event.Phase;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Follows the recorder's file. One thread. */
final class History implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 16;

    private final RandomAccessFile file;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private final List<Event> events = new ArrayList<>();
    private final Set<String> dead = new HashSet<>();
    private final Set<String> up = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private final Set<String> known = new HashSet<>();
    private final Set<Long> missing = new HashSet<>();
    private final Set<Long> received = new HashSet<>();

    /** Received in this or an earlier life, and neither acknowledged nor forgotten by a death. */
    private final Set<Long> held = new HashSet<>();

    private final StringBuilder line = new StringBuilder();
    private long lastInvoked = -1;

    History(final Path path) throws IOException {
        file = new RandomAccessFile(path.toFile(), "r");
    }

    /** Reads what is there. */
    void read() {
        try {
            for (int bytes = file.read(chunk); bytes > 0; bytes = file.read(chunk)) {
                take(bytes);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(final int bytes) {
        int from = 0;
        for (int i = 0; i < bytes; i++) {
            if (chunk[i] == '\n') {
                line.append(new String(chunk, from, i - from, StandardCharsets.ISO_8859_1));
                add(Event.parse(line.toString()));
                line.setLength(0);
                from = i + 1;
            }
        }
        line.append(new String(chunk, from, bytes - from, StandardCharsets.ISO_8859_1));
    }

    private void add(final Event event) {
        events.add(event);
        known.add(event.process());
        switch (event.op()) {
            case Event.PUBLISH -> {
                lastInvoked = Math.max(lastInvoked, event.id());
                if (event.phase() == Phase.OK && !received.contains(event.id())) {
                    missing.add(event.id());
                }
            }
            case Event.RECEIVE -> {
                received.add(event.id());
                missing.remove(event.id());
                held.add(event.id());
            }
            case Event.ACKNOWLEDGE -> {
                if (event.phase() != Phase.INVOKE) {
                    // Who died in it may have made it durable.
                    held.remove(event.id());
                }
            }
            case Event.DIED -> dead.add(event.process());
            case Event.UP -> up.add(event.process());
            case Event.DONE -> done.add(event.process());
            default -> {
                // For the judge.
            }
        }
    }

    int size() {
        return events.size();
    }

    boolean isDead(final String process) {
        return dead.contains(process);
    }

    /** Whether it has said anything. */
    boolean has(final String process) {
        return known.contains(process);
    }

    boolean isUp(final String process) {
        return up.contains(process);
    }

    boolean isDone(final String process) {
        return done.contains(process);
    }

    /** The highest id that somebody began to publish, -1 for none. */
    long lastInvoked() {
        return lastInvoked;
    }

    /** Published for certain, and not received. */
    int missing() {
        return missing.size();
    }

    /** Received, and not acknowledged. */
    int held() {
        return held.size();
    }

    /** All of it in the order of time. */
    List<Event> events() {
        final List<Event> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparingLong(Event::ns));
        return Collections.unmodifiableList(sorted);
    }

    /** What it ends with. */
    List<Event> last(final int count) {
        return Collections.unmodifiableList(events.subList(Math.max(0, events.size() - count), events.size()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
