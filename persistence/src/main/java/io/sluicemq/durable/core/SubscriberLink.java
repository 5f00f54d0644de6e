package io.sluicemq.durable.core;

import io.sluicemq.DealerOptions;
import io.sluicemq.DealerSocket;
import io.sluicemq.FrameHandler;
import io.sluicemq.SendResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one host. Each connection has a socket of its own, which is thrown away with it: so no message of an earlier connection can
 * be taken for one of the next, in either direction. The subscriber's thread.
 */
final class SubscriberLink {
    private enum Phase {
        /** HELLO is sent, or waits for the host to be there. */
        GREETING,

        /** The session is open. */
        OPEN,

        /** A new connection comes after a pause. */
        PAUSING,

        /** The session belongs to another process, or the host is not what it was: no new connection. */
        ENDED
    }

    private static final Logger LOG = LoggerFactory.getLogger(SubscriberLink.class);
    private static final long WELCOME_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long MIN_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MAX_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);

    /** A connection that lasted so long was a good one. */
    private static final long GOOD_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long PROCESSED_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Of a good-bye with a reason; less than the pause at most times. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String endpoint;
    private final LinkServices services;
    private final Hello firstHello;
    private final Hello hello;
    private final WireOutput output = new WireOutput();
    private final SubscriberInput input;
    private final FrameHandler frames;
    private final Map<Integer, BookEntry> requests = new HashMap<>();
    private final ReceiveWindow window;
    private Phase phase = Phase.PAUSING;
    private DealerSocket dealer;
    private LinkEvents events;
    private boolean watched;
    private ProducerState producer;
    private long nowNs;

    /** When HELLO was on its way, the session began, or the pause ends; by the phase. */
    private long phaseNs;

    private long pauseNs = MIN_PAUSE_NS;
    private boolean helloDue;

    /** Since the session was opened. */
    private boolean welcomed;

    private boolean refused;
    private boolean greeted;
    private boolean resumeDue;
    private boolean unsent;
    private long storedTold;
    private long processedTold;
    private long processedSinceNs;
    private int lastRequest;
    private long changesAsked;
    private boolean toldTooLarge;

    SubscriberLink(final String endpoint, final LinkServices services, final Hello firstHello, final Hello hello) {
        this.firstHello = firstHello;
        this.endpoint = endpoint;
        this.services = services;
        this.hello = hello;
        window = new ReceiveWindow(hello.receiveMaximum());
        input = new SubscriberInput(this, services);
        frames = input::onFrame;
    }

    String endpoint() {
        return endpoint;
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Whether it will not be open again by itself. */
    boolean hasEnded() {
        return phase == Phase.ENDED;
    }

    /** The host, if the session is open; else null. */
    ProducerState producer() {
        return phase == Phase.OPEN ? producer : null;
    }

    /** Begins a connection. */
    void open(final long timeNs) {
        nowNs = timeNs;
        closeSocket(Duration.ZERO);
        events = new LinkEvents(services.wake());
        dealer = services.context()
                .dealer(
                        services.options().socketOptions().toBuilder()
                                .listener(events)
                                .linger(LINGER)
                                .maxMessageBytes(services.inbox().maxMessageBytes())
                                .build(),
                        DealerOptions.DEFAULTS);
        dealer.connect(endpoint);
        phase = Phase.GREETING;
        helloDue = true;
        greeted = false;
        resumeDue = false;
        requests.clear();
        changesAsked = -1;
        window.begin();
        input.begin();
    }

    /** Looks at time and connection; returns whether something happened. */
    boolean poll(final long timeNs) {
        nowNs = timeNs;
        if (phase == Phase.ENDED) {
            return false;
        }
        if (phase == Phase.PAUSING) {
            if (nowNs - phaseNs < 0) {
                return false;
            }
            open(nowNs);
            return true;
        }
        if (phase == Phase.GREETING && events.isConnected()) {
            if (!greeted) {
                greeted = true;
                phaseNs = nowNs;
            } else if (nowNs - phaseNs > WELCOME_LIMIT_NS) {
                breakOff(0x88, "welcomeSeconds=10, limit=10, see whether a host listens at " + endpoint);
                return true;
            }
        }
        return false;
    }

    /** Takes messages; returns how many. */
    int receive(final int limit) {
        if (phase != Phase.GREETING && phase != Phase.OPEN) {
            return 0;
        }
        // Before the look at the socket: what had come before the end is there then.
        final String gone = events.gone();
        final int messages = Math.max(0, dealer.tryReceive(frames, limit));
        if (input.failure() != null) {
            breakOff(input.reason(), input.failure());
        } else if (input.goodbye() != null) {
            onGoodbye(input.goodbye());
        } else if (gone != null && messages == 0) {
            services.counters().error(gone);
            LOG.info("session={} endpoint={} lost its connection: {}", hello.session(), endpoint, gone);
            pause();
            // Last: who sees the count finds the will's time running.
            SubscriberCounters.add(services.counters().connectionsLost, 1);
        }
        return messages;
    }

    /** A message of QoS 1 or 2 came for the first time; returns whether the host may send it now. */
    boolean mayCome(final long index, final int qos) {
        return window.add(index, qos);
    }

    int receiveMaximum() {
        return hello.receiveMaximum();
    }

    /** The host's WELCOME. */
    void onWelcome(final Welcome welcome, final ProducerState from) {
        producer = from;
        producer.onWelcome(welcome.headIndex());
        services.wills().onWelcome(producer, welcome.will());
        if (welcome.maxMessageBytes() > hello.maxMessageBytes() && !toldTooLarge) {
            toldTooLarge = true;
            LOG.info(
                    "session={} endpoint={} may publish messages that are too large to come: messageBytes={}, limit={}, open the "
                            + "subscriber with larger segmentBytes",
                    hello.session(),
                    endpoint,
                    welcome.maxMessageBytes(),
                    hello.maxMessageBytes());
        }
        if (!welcome.sessionPresent()) {
            services.inbox().state().subscriptions().onSessionLost(producer.number());
            producer.progress().onSessionLost();
        }
        if (FaultPoints.WELCOME_HEARD) {
            FaultPoints.pass();
        }
        phase = Phase.OPEN;
        producer.connected(true);
        welcomed = true;
        phaseNs = nowNs;
        // Sent when all that came before is in the journal.
        resumeDue = true;
    }

    /** It is a host that we cannot go on with: this is the last connection. */
    void refuse(final ProducerState from) {
        producer = from;
        refused = true;
        // It lives.
        services.wills().onGoodbye(from);
    }

    boolean isGreeting() {
        return phase == Phase.GREETING;
    }

    /** Whether deliveries may come. */
    boolean isResumed() {
        return phase == Phase.OPEN && !resumeDue;
    }

    void onDone(final Done done) {
        final BookEntry entry = requests.remove(done.request());
        if (entry == null) {
            throw new WireException("request=" + done.request() + ", limit=one that was sent and not answered");
        }
        if (FaultPoints.DONE_HEARD) {
            FaultPoints.pass();
        }
        final InboxState state = services.inbox().state();
        state.subscriptions().onDone(entry, producer.number(), done, state.producers());
    }

    private void onGoodbye(final Goodbye goodbye) {
        services.counters().error("reason=" + goodbye.reason() + " " + goodbye.text());
        LOG.warn(
                "session={} endpoint={} was ended by the host: reason={} {}",
                hello.session(),
                endpoint,
                goodbye.reason(),
                goodbye.text());
        SubscriberCounters.add(services.counters().connectionsLost, 1);
        endInOrder();
        if (goodbye.reason() == Reasons.TAKEN_OVER) {
            endForGood();
        } else {
            pause();
        }
    }

    private void breakOff(final int reason, final String text) {
        SubscriberCounters.add(services.counters().violations, 1);
        services.counters().error(text);
        LOG.warn(
                "session={} endpoint={} is connected to {}: {}",
                hello.session(),
                endpoint,
                refused ? "no more" : "anew",
                text);
        new Goodbye(reason, Goodbye.UNCHANGED, text).encode(output);
        send();
        if (refused) {
            endForGood();
        } else {
            pause();
        }
    }

    private void endForGood() {
        disconnect();
        phase = Phase.ENDED;
    }

    /** The host lives, or has said that it goes: its will is not for now. */
    private void endInOrder() {
        if (phase == Phase.OPEN) {
            services.wills().onGoodbye(producer);
        }
    }

    private void pause() {
        if (phase == Phase.OPEN) {
            services.wills().onLost(producer, services.epochMs().getAsLong());
        }
        final boolean good = phase == Phase.OPEN && nowNs - phaseNs > GOOD_NS;
        pauseNs = good ? MIN_PAUSE_NS : Math.min(MAX_PAUSE_NS, pauseNs * 2);
        disconnect();
        phase = Phase.PAUSING;
        phaseNs = nowNs + pauseNs;
    }

    private void disconnect() {
        leave();
        watch(false);
        dealer.disconnect(endpoint);
    }

    /** Tells the host what is durable now. */
    void flush() {
        unsent = false;
        if (phase == Phase.GREETING && helloDue) {
            (welcomed ? hello : firstHello).encode(output);
            helloDue = !send();
        }
        if (phase != Phase.OPEN) {
            return;
        }
        if (resumeDue) {
            storedTold = producer.progress().storedUpTo();
            processedTold = producer.processed();
            producer.resume().encode(output);
            resumeDue = !send();
            if (FaultPoints.RESUME_SENT) {
                FaultPoints.pass();
            }
        }
        if (!resumeDue) {
            tellProgress();
            askForSubscriptions();
        }
    }

    private void tellProgress() {
        final long storedUpTo = producer.progress().storedUpTo();
        if (storedUpTo > storedTold) {
            if (FaultPoints.STORED_BEFORE_SEND) {
                FaultPoints.pass();
            }
            Stored.encode(output, storedUpTo, services.options().level());
            if (send()) {
                storedTold = storedUpTo;
                window.onStored(storedUpTo);
            }
            if (FaultPoints.STORED_SENT) {
                FaultPoints.pass();
            }
        }
        final long news = producer.processed() - processedTold;
        if (news == 0) {
            processedSinceNs = nowNs;
        } else if (news >= Math.max(1, hello.receiveMaximum() / 4) || nowNs - processedSinceNs >= PROCESSED_DELAY_NS) {
            if (FaultPoints.PROCESSED_BEFORE_SEND) {
                FaultPoints.pass();
            }
            producer.progress().letGo(hello.receiveMaximum());
            final Progress progress = producer.processedSoFar();
            progress.encodeProcessed(output);
            if (send()) {
                processedTold = producer.processed();
                window.onProcessed(progress);
            }
            if (FaultPoints.PROCESSED_SENT) {
                FaultPoints.pass();
            }
        }
    }

    private void askForSubscriptions() {
        final SubscriptionBook book = services.inbox().state().subscriptions();
        if (book.changes() == changesAsked) {
            return;
        }
        for (final BookEntry entry : book.all()) {
            if (entry.isOpenAt(producer.number()) && !requests.containsValue(entry)) {
                lastRequest++;
                entry.encode(output, lastRequest, producer.number());
                if (!send()) {
                    return;
                }
                requests.put(lastRequest, entry);
            }
        }
        changesAsked = book.changes();
    }

    private boolean send() {
        final boolean sent = dealer.trySend(output.buffer(), 0, output.length()) == SendResult.SENT;
        unsent |= !sent;
        return sent;
    }

    /** How long nothing has to be done here by itself. */
    long idleNs(final long timeNs) {
        if (unsent) {
            return RETRY_NS;
        }
        return switch (phase) {
            case ENDED -> Long.MAX_VALUE;
            case PAUSING -> Math.max(0, phaseNs - timeNs);
            case GREETING -> greeted ? Math.max(0, WELCOME_LIMIT_NS - (timeNs - phaseNs)) : Long.MAX_VALUE;
            case OPEN ->
                producer.processed() == processedTold
                        ? Long.MAX_VALUE
                        : Math.max(0, PROCESSED_DELAY_NS - (timeNs - processedSinceNs));
        };
    }

    /** Whether messages of the host wake the subscriber's thread. */
    void watch(final boolean wanted) {
        final boolean on = wanted && (phase == Phase.GREETING || phase == Phase.OPEN);
        if (on == watched) {
            return;
        }
        watched = on;
        if (on) {
            services.poller().addReceiver(dealer);
        } else {
            services.poller().remove(dealer);
        }
    }

    /** Nobody is to wait for the host's will from now on, as nobody will see whether the host lives. */
    void beginClose() {
        endInOrder();
    }

    /** Whether a host is, or was last, at the other end. */
    boolean isOf(final ProducerState host) {
        return producer == host;
    }

    /** Says good-bye and ends. The session stays. */
    void close(final Duration linger) {
        close(linger, Goodbye.UNCHANGED);
    }

    /** Says good-bye, and that the session is not needed any more, and ends. */
    void closeForGood(final Duration linger) {
        close(linger, 0);
    }

    private void close(final Duration linger, final long sessionExpirySeconds) {
        if (phase == Phase.OPEN) {
            new Goodbye(0, sessionExpirySeconds, "").encode(output);
            send();
        }
        closeSocket(linger);
        phase = Phase.ENDED;
    }

    private void leave() {
        if (phase == Phase.OPEN) {
            producer.connected(false);
        }
    }

    private void closeSocket(final Duration linger) {
        leave();
        if (dealer != null) {
            watch(false);
            dealer.close(linger);
        }
    }
}
