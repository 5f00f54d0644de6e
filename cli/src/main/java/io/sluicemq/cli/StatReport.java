package io.sluicemq.cli;

import io.sluicemq.DropCause;
import io.sluicemq.stat.PeerStat;
import io.sluicemq.stat.SocketStat;
import io.sluicemq.stat.StatSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One context's numbers, for people or programs.
 *
 * @param file they were read from.
 * @param now the numbers.
 * @param before the numbers last time, for rates; null for none.
 * @param seconds since then.
 */
record StatReport(Path file, StatSnapshot now, StatSnapshot before, double seconds) {
    String text() {
        final StringBuilder text = new StringBuilder("process ").append(now.pid());
        if (now.processStartEpochMs() > 0) {
            text.append(", up ").append(upTime());
        }
        text.append(", ").append(file).append('\n');
        for (final SocketStat socket : now.sockets()) {
            appendSocket(text, socket);
        }
        return text.toString();
    }

    private void appendSocket(final StringBuilder text, final SocketStat socket) {
        text.append(line(
                "  socket %d  %-6s %s  sent %d (%d B)  received %d (%d B)",
                socket.socketId(),
                socket.socketType(),
                socket.endpoints().isEmpty() ? "-" : String.join(" ", socket.endpoints()),
                socket.messagesSent(),
                socket.bytesSent(),
                socket.messagesReceived(),
                socket.bytesReceived()));
        final SocketStat last = last(socket.socketId());
        if (last != null) {
            text.append(line(
                    "    rate      sent %d msg/s  received %d msg/s",
                    rate(socket.messagesSent(), last.messagesSent()),
                    rate(socket.messagesReceived(), last.messagesReceived())));
        }
        socket.dropped().forEach((cause, count) -> {
            if (count != 0) {
                text.append(line("    dropped   %s %d", cause, count));
            }
        });
        for (final PeerStat peer : peersOf(socket.socketId())) {
            text.append(line(
                    "    peer %-4d %-11s %-6s %s  sent %d  received %d  dropped %d  queued %d",
                    peer.pipeId(),
                    peer.state(),
                    peer.socketType().isEmpty() ? "-" : peer.socketType(),
                    peer.endpoint().isEmpty() ? "-" : peer.endpoint(),
                    peer.sent(),
                    peer.received(),
                    peer.dropped(),
                    peer.queued()));
        }
    }

    Json json() {
        final List<Json> sockets = new ArrayList<>();
        now.sockets().forEach(socket -> sockets.add(json(socket)));
        return new Json()
                .put("pid", now.pid())
                .put("file", file.toString())
                .put("processStartEpochMs", now.processStartEpochMs())
                .put("sockets", sockets);
    }

    private Json json(final SocketStat socket) {
        final Json dropped = new Json();
        for (final Map.Entry<DropCause, Long> entry : socket.dropped().entrySet()) {
            dropped.put(entry.getKey().name(), entry.getValue());
        }
        final List<Json> peers = new ArrayList<>();
        peersOf(socket.socketId()).forEach(peer -> peers.add(json(peer)));
        final Json object = new Json()
                .put("id", socket.socketId())
                .put("type", socket.socketType())
                .putTexts("endpoints", socket.endpoints())
                .put("messagesSent", socket.messagesSent())
                .put("bytesSent", socket.bytesSent())
                .put("messagesReceived", socket.messagesReceived())
                .put("bytesReceived", socket.bytesReceived());
        final SocketStat last = last(socket.socketId());
        if (last != null) {
            object.put("messagesSentPerSecond", rate(socket.messagesSent(), last.messagesSent()))
                    .put("messagesReceivedPerSecond", rate(socket.messagesReceived(), last.messagesReceived()));
        }
        return object.put("dropped", dropped).put("peers", peers);
    }

    private static Json json(final PeerStat peer) {
        return new Json()
                .put("id", peer.pipeId())
                .put("state", peer.state().name())
                .put("type", peer.socketType())
                .put("endpoint", peer.endpoint())
                .put("sent", peer.sent())
                .put("received", peer.received())
                .put("dropped", peer.dropped())
                .put("queued", peer.queued());
    }

    private List<PeerStat> peersOf(final long socketId) {
        return now.peers().stream().filter(peer -> peer.socketId() == socketId).toList();
    }

    private SocketStat last(final long socketId) {
        if (before == null) {
            return null;
        }
        return before.sockets().stream()
                .filter(socket -> socket.socketId() == socketId)
                .findAny()
                .orElse(null);
    }

    private long rate(final long count, final long lastCount) {
        return Math.round((count - lastCount) / seconds);
    }

    private String upTime() {
        final Duration up = Duration.ofMillis(Math.max(0, System.currentTimeMillis() - now.processStartEpochMs()));
        return line("%d:%02d:%02d", up.toHours(), up.toMinutesPart(), up.toSecondsPart())
                .trim();
    }

    private static String line(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values) + '\n';
    }
}
