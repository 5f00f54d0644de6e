package io.sluicemq.durable.core;

import io.sluicemq.Message;
import io.sluicemq.RouterSocket;
import io.sluicemq.SendResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections to subscribers, and how messages are sent to them. The host's thread. */
final class HostLinks {
    private static final Logger LOG = LoggerFactory.getLogger(HostLinks.class);

    /** Answers that wait for a peer that does not read; more end the connection. */
    private static final int MAX_ANSWERS = 1_024;

    /** How long a peer may take for its HELLO, and then for its RESUME. */
    private static final long HELLO_TIMEOUT_MS = 10_000;

    /** How long a peer that was sent a GOODBYE may take to go by itself. */
    private static final long LEAVE_TIMEOUT_MS = 2_000;

    private static final int MAX_LINKS = 65_536;

    /** Sessions that one connection may begin, one after the other. */
    static final int MAX_NEW_SESSIONS = 16;

    private final RouterSocket router;
    private final Message message = new Message();
    private final WireOutput output = new WireOutput();
    private final Map<RoutingId, HostLink> links = new HashMap<>();
    private final List<HostLink> ended = new ArrayList<>();
    private final List<HostLink> answering = new ArrayList<>();

    /** Those that took no more, since they were last unblocked; one may be there twice. */
    private final List<HostLink> blocked = new ArrayList<>();

    /** Peers by what the router knows them by: their ids there. */
    private final Map<RoutingId, Integer> peers = new HashMap<>();

    /** Peers that have not said HELLO, or are to go: until when they may. */
    private final Map<RoutingId, Long> strangers = new HashMap<>();

    /** How many sessions each connection has begun. */
    private final Map<RoutingId, Integer> newSessions = new HashMap<>();

    private final HostCounters counters;

    /** Of this turn, by a clock that nobody sets. */
    private long nowMs;

    HostLinks(final RouterSocket router, final HostCounters counters) {
        this.router = router;
        this.counters = counters;
    }

    void setTime(final long steadyMs) {
        nowMs = steadyMs;
    }

    HostLink find(final RoutingId probe) {
        return links.get(probe);
    }

    boolean isFull() {
        return links.size() >= MAX_LINKS;
    }

    int count() {
        return links.size();
    }

    List<HostLink> all() {
        return new ArrayList<>(links.values());
    }

    /** A subscriber has said HELLO. */
    HostLink open(final RoutingId probe, final HostedSession session, final Hello hello) {
        final HostLink link = new HostLink(probe.copy(), session, hello, nowMs + HELLO_TIMEOUT_MS);
        links.put(link.id, link);
        strangers.remove(link.id);
        return link;
    }

    /** Whether a peer may begin a session, which counts as one then. */
    boolean mayOpenSession(final RoutingId probe) {
        final int count = newSessions.getOrDefault(probe, 0);
        if (count < MAX_NEW_SESSIONS && peers.containsKey(probe)) {
            newSessions.put(probe.copy(), count + 1);
        }
        return count < MAX_NEW_SESSIONS;
    }

    void onConnected(final RoutingId id, final int peerId) {
        peers.put(id, peerId);
        if (!links.containsKey(id)) {
            strangers.put(id, nowMs + HELLO_TIMEOUT_MS);
        }
    }

    void onDisconnected(final RoutingId id) {
        peers.remove(id);
        strangers.remove(id);
        newSessions.remove(id);
        final HostLink link = links.get(id);
        if (link != null) {
            markGone(link);
        }
    }

    /** Takes note that a link is over; {@link #takeEnded} tells it at the end of the turn. */
    void markGone(final HostLink link) {
        if (!link.gone) {
            link.gone = true;
            links.remove(link.id, link);
            ended.add(link);
        }
    }

    /** Hands over the links that are over since the last call. */
    List<HostLink> takeEnded() {
        if (ended.isEmpty()) {
            return List.of();
        }
        final List<HostLink> taken = new ArrayList<>(ended);
        ended.clear();
        return taken;
    }

    /** Whether a delivery is longer than its subscriber takes: then it is as if it had been sent, MQTT 5.0 3.1.2.11.4, but for the count. */
    boolean isTooLarge(final HostLink link, final int length) {
        if (length <= link.maxMessageBytes) {
            return false;
        }
        HostCounters.add(counters.tooLarge, 1);
        if (!link.toldTooLarge) {
            link.toldTooLarge = true;
            LOG.warn(
                    "session={} gets no messages that are too large for it: messageBytes={}, limit={}, open the subscriber "
                            + "with larger segmentBytes",
                    link.session == null ? "(a replay)" : link.session.name,
                    length,
                    link.maxMessageBytes);
        }
        return true;
    }

    /** Queues what lies in an output as an answer; it leaves at the end of the turn, when what it says is safe. */
    void answer(final HostLink link, final WireOutput answer) {
        if (link.gone) {
            return;
        }
        if (link.answers.size() >= MAX_ANSWERS) {
            goodbye(link, Reasons.QUOTA_EXCEEDED, "answers=" + MAX_ANSWERS + ", limit=" + MAX_ANSWERS + ", read them");
            return;
        }
        final byte[] copy = new byte[answer.length()];
        answer.buffer().getBytes(0, copy);
        if (link.answers.isEmpty()) {
            answering.add(link);
        }
        link.answers.add(new UnsafeBuffer(copy));
    }

    /** Sends answers as far as the peers take them. */
    int sendAnswers() {
        int sent = 0;
        for (int i = answering.size() - 1; i >= 0; i--) {
            final HostLink link = answering.get(i);
            while (!link.gone && !link.answers.isEmpty()) {
                final UnsafeBuffer answer = link.answers.peek();
                if (!send(link, answer, answer.capacity())) {
                    break;
                }
                link.answers.remove();
                sent++;
            }
            if (link.gone || link.answers.isEmpty()) {
                answering.remove(i);
            }
        }
        return sent;
    }

    boolean hasAnswers() {
        return !answering.isEmpty();
    }

    /** Sends a message; false if the peer takes none now, which marks the link as blocked, or as gone. */
    boolean send(final HostLink link, final DirectBuffer buffer, final int length) {
        final SendResult result = trySend(link.id, buffer, length);
        if (result == SendResult.SENT) {
            return true;
        }
        if (result == SendResult.BACK_PRESSURED) {
            link.blocked = true;
            blocked.add(link);
        } else {
            markGone(link);
        }
        return false;
    }

    private SendResult trySend(final RoutingId id, final DirectBuffer buffer, final int length) {
        message.clear();
        message.add(id.buffer(), 0, id.length()).add(buffer, 0, length);
        return router.trySend(message);
    }

    /** Ends a connection and says why. */
    void goodbye(final HostLink link, final int reason, final String text) {
        if (!link.gone) {
            link.answers.clear();
            markGone(link);
            goodbye(link.id, reason, text);
        }
    }

    /** Tells a peer that is not connected to a session why it is not served; what it does not take now is lost. */
    void goodbye(final RoutingId id, final int reason, final String text) {
        new Goodbye(reason, Goodbye.UNCHANGED, text).encode(output);
        trySend(id, output.buffer(), output.length());
    }

    /** Ends connections of those who had time enough. */
    void checkTimes() {
        for (final HostLink link : all()) {
            if (!link.resumed && link.session != null && link.resumeByMs <= nowMs) {
                goodbye(link, Reasons.PROTOCOL_ERROR, "RESUME=none, limit=" + HELLO_TIMEOUT_MS + " ms after WELCOME");
            }
        }
        final Iterator<Map.Entry<RoutingId, Long>> each = strangers.entrySet().iterator();
        while (each.hasNext()) {
            final Map.Entry<RoutingId, Long> stranger = each.next();
            if (stranger.getValue() <= nowMs) {
                each.remove();
                final Integer peerId = peers.get(stranger.getKey());
                if (peerId != null) {
                    router.disconnectPeer(peerId);
                }
            }
        }
    }

    /** A peer whose link we ended: it is to go, or to begin anew. */
    void expectToLeave(final HostLink link) {
        if (peers.containsKey(link.id)) {
            strangers.put(link.id, nowMs + LEAVE_TIMEOUT_MS);
        }
    }

    /** Those that took no more may take something again. */
    boolean unblock() {
        boolean any = false;
        for (int i = blocked.size() - 1; i >= 0; i--) {
            final HostLink link = blocked.remove(i);
            link.blocked = false;
            any |= !link.gone;
        }
        return any;
    }
}
