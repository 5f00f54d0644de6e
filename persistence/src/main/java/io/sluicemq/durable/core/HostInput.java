package io.sluicemq.durable.core;

import io.sluicemq.FrameHandler;
import io.sluicemq.durable.PublisherSession;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;

/**
 * What subscribers say: each message is checked, done, and answered. What is malformed or out of turn ends the connection it came from,
 * and no other. The host's thread.
 */
final class HostInput implements FrameHandler {
    private static final int MAX_NAME_BYTES = 1_024;

    private final HostLog log;
    private final HostState state;
    private final HostLinks links;
    private final HostDelivery delivery;
    private final HostCounters counters;
    private final Supplier<WelcomeTerms> terms;
    private final RoutingId sender = RoutingId.probe();
    private final WireInput input = new WireInput();
    private final WireOutput output = new WireOutput();
    private boolean inMessage;
    private int frames;
    private long nowMs;

    /** What is the same in each WELCOME, and for each session. */
    record WelcomeTerms(
            java.util.UUID producer, int maxMessageBytes, String clientId, Will will, long maxSessionExpirySeconds) {}

    HostInput(
            final HostLog log,
            final HostState state,
            final HostLinks links,
            final HostDelivery delivery,
            final HostCounters counters,
            final Supplier<WelcomeTerms> terms) {
        this.log = log;
        this.state = state;
        this.links = links;
        this.delivery = delivery;
        this.counters = counters;
        this.terms = terms;
    }

    void setTime(final long turnMs) {
        nowMs = turnMs;
    }

    @Override
    public void onFrame(final DirectBuffer buffer, final int offset, final int length, final boolean more) {
        if (!inMessage) {
            sender.read(buffer, offset, length);
            inMessage = more;
            frames = 0;
            return;
        }
        inMessage = more;
        frames++;
        if (frames == 1 && !more) {
            onMessage(buffer, offset, length);
        } else if (frames == 1) {
            refuse(Reasons.MALFORMED, "frames=2 or more, limit=1, send each message as one frame");
        }
    }

    private void refuse(final int reason, final String text) {
        HostCounters.add(counters.malformed, 1);
        final HostLink link = links.find(sender);
        if (link == null) {
            links.goodbye(sender, reason, text);
        } else {
            links.goodbye(link, reason, text);
        }
    }

    private void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        try {
            input.wrap(buffer, offset, length);
            final int type = buffer.getByte(offset);
            final HostLink link = links.find(sender);
            if (type == WireType.HELLO) {
                onHello(link, Hello.decode(input));
            } else if (link != null) {
                onMessage(link, type);
            } else if (type != WireType.GOODBYE) {
                refuse(Reasons.PROTOCOL_ERROR, "message=" + type + " before HELLO, limit=HELLO first, connect anew");
            }
        } catch (final WireException e) {
            refuse(Reasons.MALFORMED, e.getMessage());
        }
    }

    private void onMessage(final HostLink link, final int type) {
        if (type == WireType.GOODBYE) {
            onGoodbye(link, Goodbye.decode(input));
            return;
        }
        if (type == WireType.REPLAY) {
            delivery.replays.open(link, Replay.decode(input), System.nanoTime());
            return;
        }
        if (type == WireType.CREDIT) {
            final int request = input.i32("request");
            final int more = input.count("credit", Replay.MAX_CREDIT);
            input.end("CREDIT");
            delivery.replays.allow(link, request, more, System.nanoTime());
            return;
        }
        if (link.session == null) {
            refuse(Reasons.PROTOCOL_ERROR, "message=" + type + " without a session, limit=HELLO with a name first");
            return;
        }
        switch (type) {
            case WireType.RESUME -> onResume(link, Resume.decode(input));
            case WireType.SUBSCRIBE -> {
                final Subscribe subscribe = Subscribe.decode(input);
                answer(link, subscribe.request(), state.subscribe(link.session, subscribe));
            }
            case WireType.UNSUBSCRIBE -> {
                final Unsubscribe unsubscribe = Unsubscribe.decode(input);
                answer(link, unsubscribe.request(), state.unsubscribe(link.session, unsubscribe.filter()));
            }
            case WireType.STORED -> {
                final long upTo = Stored.upTo(input);
                Stored.level(input);
                requireResumed(link, type);
                if (FaultPoints.STORED_HEARD) {
                    FaultPoints.pass();
                }
                link.session.progress.onStored(upTo);
                delivery.waits.onProgress();
            }
            case WireType.PROCESSED -> {
                final Progress progress = Progress.decode(input, "PROCESSED");
                requireResumed(link, type);
                if (FaultPoints.PROCESSED_HEARD) {
                    FaultPoints.pass();
                }
                link.session.progress.onProcessed(progress);
                delivery.waits.onProgress();
            }
            default -> throw new WireException("message=" + type + ", limit=one of a subscriber, see the wire's page");
        }
    }

    private static void requireResumed(final HostLink link, final int type) {
        if (!link.resumed) {
            throw new WireException("message=" + type + " before RESUME, limit=RESUME first");
        }
    }

    private void answer(final HostLink link, final int request, final int reason) {
        if (FaultPoints.SUBSCRIPTION_RECORDED) {
            FaultPoints.pass();
        }
        log.syncLater();
        new Done(request, reason, textOf(reason)).encode(output);
        links.answer(link, output);
    }

    private static String textOf(final int reason) {
        return switch (reason) {
            case Reasons.FILTER_INVALID -> "the filter is none of MQTT 5.0 section 4.7";
            case Reasons.QUOTA_EXCEEDED -> "too many or too deep subscriptions, or the host's journal is full";
            case Reasons.PROTOCOL_ERROR ->
                "noLocal=1, limit=0 for a shared subscription, MQTT 5.0 section 3.8.3.1; subscribe without it";
            default -> "";
        };
    }

    private void onHello(final HostLink link, final Hello hello) {
        if (link != null) {
            refuse(Reasons.PROTOCOL_ERROR, "message=HELLO again, limit=1 a connection, connect anew");
            return;
        }
        if (hello.session().getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            refuse(Reasons.NAME_NOT_VALID, "session=too long, limit=" + MAX_NAME_BYTES + " bytes, use a shorter name");
            return;
        }
        if (links.isFull()) {
            links.goodbye(sender, Reasons.QUOTA_EXCEEDED, "too many connections, try again later");
            return;
        }
        if (hello.session().isEmpty()) {
            welcome(links.open(sender, null, hello), false);
            return;
        }
        final boolean present = takeOver(hello);
        HostedSession session = state.find(hello.session());
        if (session == null) {
            if (!links.mayOpenSession(sender)) {
                refuse(
                        Reasons.QUOTA_EXCEEDED,
                        "newSessions=too many, limit=" + HostLinks.MAX_NEW_SESSIONS + " of a connection, connect anew");
                return;
            }
            session = state.open(hello.session(), bounded(hello.sessionExpirySeconds()));
        } else {
            session.expirySeconds = bounded(hello.sessionExpirySeconds());
            session.endsAtEpochMs = HostedSession.CONNECTED;
            state.write(session);
        }
        if (session == null) {
            links.goodbye(sender, Reasons.QUOTA_EXCEEDED, "too many sessions, or the host's journal is full");
            return;
        }
        session.link = links.open(sender, session, hello);
        if (FaultPoints.SESSION_RECORDED) {
            FaultPoints.pass();
        }
        log.syncLater();
        welcome(session.link, present);
    }

    private long bounded(final long expirySeconds) {
        return Math.min(expirySeconds, terms.get().maxSessionExpirySeconds());
    }

    /** All sessions, by name. */
    List<PublisherSession> describeSessions() {
        return state.sessions().stream()
                .map(HostedSession::describe)
                .sorted(Comparator.comparing(PublisherSession::name))
                .toList();
    }

    /** The application ends a session for good; returns whether there was one. */
    boolean endSession(final String name) {
        final HostedSession session = state.find(name);
        if (session == null) {
            return false;
        }
        disconnect(session, Reasons.ADMINISTRATIVE_ACTION, "session=" + name + " was ended by the publisher");
        state.end(session);
        log.syncLater();
        log.syncIfDue();
        return true;
    }

    private void disconnect(final HostedSession session, final int reason, final String text) {
        if (session.link != null) {
            links.goodbye(session.link, reason, text);
            delivery.stop(session);
            session.link = null;
        }
    }

    /** Ends who has the session now, and the session if it is over or not wanted; returns whether there is one left. */
    private boolean takeOver(final Hello hello) {
        final HostedSession session = state.find(hello.session());
        if (session == null) {
            return false;
        }
        final boolean wasConnected = session.link != null;
        disconnect(session, Reasons.TAKEN_OVER, "session=" + session.name + " was taken over by a newer connection");
        final boolean over = session.endsAtEpochMs != HostedSession.CONNECTED && session.endsAtEpochMs <= nowMs;
        final boolean endsWithConnection = wasConnected && session.expirySeconds == 0;
        if (hello.cleanStart() || over || endsWithConnection) {
            state.end(session);
            return false;
        }
        return true;
    }

    private void welcome(final HostLink link, final boolean present) {
        final WelcomeTerms each = terms.get();
        new Welcome(present, each.producer(), log.lastIndex(), each.maxMessageBytes(), each.clientId(), each.will())
                .encode(output);
        links.answer(link, output);
    }

    private void onResume(final HostLink link, final Resume resume) {
        final long head = log.lastIndex();
        checkKnown(resume.storedUpTo(), head, "storedUpTo");
        checkKnown(resume.processed().upTo(), head, "processedUpTo");
        checkKnown(resume.processed().exactlyOnceUpTo(), head, "processedExactlyOnceUpTo");
        for (final long each : resume.processed().beyond()) {
            checkKnown(each, head, "processedBeyond");
        }
        if (link.resumed) {
            throw new WireException("message=RESUME again, limit=1 a connection");
        }
        link.resumed = true;
        delivery.resume(link.session, resume);
        delivery.waits.onProgress();
    }

    private static void checkKnown(final long index, final long head, final String name) {
        if (index > head) {
            throw new WireException(name + '=' + index + ", limit=" + head + ", the last of this host's log");
        }
    }

    private void onGoodbye(final HostLink link, final Goodbye goodbye) {
        final long expirySeconds = goodbye.sessionExpirySeconds();
        // A session that was to end with its connection stays so, MQTT 5.0 section 3.14.2.2.2.
        if (link.session != null && expirySeconds != Goodbye.UNCHANGED && link.session.expirySeconds != 0) {
            link.session.expirySeconds = bounded(expirySeconds);
        }
        links.markGone(link);
    }

    /** Ends what hangs on a connection that is over. */
    void onEnded(final HostLink link) {
        links.expectToLeave(link);
        final HostedSession session = link.session;
        if (session == null || session.link != link) {
            return;
        }
        delivery.stop(session);
        session.link = null;
        if (session.expirySeconds == 0) {
            state.end(session);
        } else {
            session.endsAtEpochMs = session.endAfter(nowMs);
            state.write(session);
        }
    }
}
