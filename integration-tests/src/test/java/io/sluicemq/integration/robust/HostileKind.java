package io.sluicemq.integration.robust;

import io.sluicemq.testkit.peers.PeerException;
import io.sluicemq.testkit.peers.RawZmtpPeer;
import io.sluicemq.testkit.peers.ZmtpBytes;
import io.sluicemq.transport.CloseReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** What a peer can do to hurt, and what the attacked socket's listener must be told of it. */
enum HostileKind {
    GARBAGE(1, "limit=", CloseReason.HANDSHAKE_FAILED, CloseReason.HANDSHAKE_TIMED_OUT) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            final byte[] garbage = new byte[attack.random(200) + 65];
            attack.random.nextBytes(garbage);
            switch (attack.random(3)) {
                case 0 -> garbage[0] = 'G';
                case 1 -> System.arraycopy(ZmtpBytes.greeting(1), 0, garbage, 0, 12);
                default -> peer.send(ZmtpBytes.greeting(1));
            }
            peer.send(garbage);
        }
    },
    SILENCE(1, "handshake=not complete, limit=", CloseReason.HANDSHAKE_TIMED_OUT) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            // Says nothing.
        }
    },
    HALF_GREETING(1, "handshake=not complete, limit=", CloseReason.HANDSHAKE_TIMED_OUT) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            peer.send(Arrays.copyOf(ZmtpBytes.greeting(1), 11 + attack.random(50)));
        }
    },
    GREETING_ONLY(1, "handshake=not complete, limit=", CloseReason.HANDSHAKE_TIMED_OUT) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            peer.send(ZmtpBytes.greeting(1));
        }
    },
    SLOWLORIS(1, "handshake=not complete, limit=", CloseReason.HANDSHAKE_TIMED_OUT) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.trickle(List.of(peer), ZmtpBytes.greeting(1));
        }

        @Override
        void attackTogether(final Attack attack, final List<RawZmtpPeer> peers) {
            attack.trickle(peers, ZmtpBytes.greeting(1));
        }

        @Override
        boolean isSlow() {
            return true;
        }
    },
    LENGTH_2_63(1, "frameLength=9223372036854775808, limit=", CloseReason.PROTOCOL_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.shakeHands(peer).send(ZmtpBytes.longHead(attack.random(2), Long.MIN_VALUE));
        }
    },
    LENGTH_2_62(1, "messageBytes=4611686018427387904, limit=", CloseReason.MESSAGE_TOO_LARGE) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.shakeHands(peer).send(ZmtpBytes.longHead(attack.random(2), 1L << 62));
        }
    },
    LENGTH_2_31(1, "messageBytes=2147483648, limit=", CloseReason.MESSAGE_TOO_LARGE) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.shakeHands(peer).send(ZmtpBytes.longHead(attack.random(2), 1L << 31));
        }
    },
    LONG_COMMAND(1, "commandBytes=1099511627776, limit=", CloseReason.PROTOCOL_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.shakeHands(peer).send(ZmtpBytes.longHead(4, 1L << 40));
        }
    },
    LENGTH_AT_LIMIT(1, "closed the connection", CloseReason.CLOSED_BY_PEER) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.shakeHands(peer).send(ZmtpBytes.longHead(0, Attack.MAX_MESSAGE_BYTES));
        }
    },
    OPEN_AND_CLOSE(5, "", CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            if (attack.random(2) == 0) {
                peer.reset();
            } else {
                peer.close();
            }
        }
    },
    ENDLESS_MORE(0.1, "frames=" + (Attack.MAX_FRAMES + 1) + ", limit=", CloseReason.MESSAGE_TOO_LARGE) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.flood(attack.shakeHands(peer), attack.frames(1, 0, 1_000));
        }
    },
    ENDLESS_LARGE_FRAMES(0.1, "messageBytes=", CloseReason.MESSAGE_TOO_LARGE) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.flood(attack.shakeHands(peer), attack.frames(1, 60_000, 1));
        }
    },
    LARGE_MESSAGES(0.1, "", CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.flood(attack.shakeHands(peer), attack.frames(0, Attack.MAX_MESSAGE_BYTES, 1));
        }
    },
    EMPTY_MESSAGES(0.1, "", CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.flood(attack.shakeHands(peer), attack.frames(0, 0, 1_000));
        }
    },
    PINGS(0.1, "", CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            final byte[] ping = ZmtpBytes.frame(4, "\4PING\0\0sixteen-bytes-of.".getBytes(StandardCharsets.US_ASCII));
            attack.flood(attack.shakeHands(peer), attack.repeat(ping, 1_000));
        }
    },
    UNREAD(0.1, "", CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            // Of use against a PUB: wants everything and reads nothing.
            attack.shakeHands(peer).send(ZmtpBytes.frame(4, "\11SUBSCRIBE".getBytes(StandardCharsets.US_ASCII)));
        }
    },
    SUBSCRIPTIONS(0.04, "", CloseReason.PROTOCOL_ERROR, CloseReason.CLOSED_BY_PEER, CloseReason.IO_ERROR) {
        @Override
        void attack(final Attack attack, final RawZmtpPeer peer) {
            attack.shakeHands(peer);
            for (long i = 0; attack.goesOn(); i++) {
                final ByteBuffer body =
                        ByteBuffer.allocate(10 + 60_000).put("\11SUBSCRIBE".getBytes(StandardCharsets.US_ASCII));
                body.putLong(i);
                peer.send(ZmtpBytes.frame(4, body.array()));
            }
        }
    };

    private final double share;
    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // Never changed; the type cannot say so.
    private final Set<CloseReason> reasons;

    HostileKind(final double share, final String text, final CloseReason first, final CloseReason... others) {
        this.share = share;
        this.text = text;
        this.reasons = EnumSet.of(first, others);
    }

    /** Does it once, over a new connection that the caller closes. */
    abstract void attack(Attack attack, RawZmtpPeer peer);

    /** Does it over several connections, at the same time where it {@link #isSlow}. */
    void attackTogether(final Attack attack, final List<RawZmtpPeer> peers) {
        for (final RawZmtpPeer peer : peers) {
            attack(attack, peer);
        }
    }

    /** Whether it takes so long that many connections are to do it together. */
    boolean isSlow() {
        return false;
    }

    /** How many connections do it. */
    int connections(final int count) {
        return (int) Math.max(1, count * share);
    }

    /** How many of the ends must be told: a connection that was reset before it was accepted was never there. */
    int minEnds(final int connections) {
        return this == OPEN_AND_CLOSE ? connections * 9 / 10 : connections;
    }

    /** Whether the attacked socket itself ends the connection. */
    boolean isRefused() {
        return !reasons.contains(CloseReason.CLOSED_BY_PEER);
    }

    /** Whether the handshake's time ends it. */
    boolean isTimedOut() {
        return reasons.contains(CloseReason.HANDSHAKE_TIMED_OUT);
    }

    boolean explains(final CloseReason reason, final String detail) {
        return reasons.contains(reason)
                && detail.contains(text)
                && (!isRefused() || detail.matches(".*\\w=.*, limit=.*, .+"));
    }

    /** What the connections of one attack share. Any thread. */
    static final class Attack {
        static final int MAX_MESSAGE_BYTES = 256 * 1024;
        static final int MAX_FRAMES = 5_000;

        private static final long TRICKLE_PAUSE_NS = 20_000_000L;

        final SplittableRandom random;
        private final String socketType;
        private final long endNs;

        Attack(final String socketType, final long seed, final long endNs) {
            this.socketType = socketType;
            this.random = new SplittableRandom(seed);
            this.endNs = endNs;
        }

        int random(final int bound) {
            return random.nextInt(bound);
        }

        RawZmtpPeer shakeHands(final RawZmtpPeer peer) {
            peer.handshake(socketType);
            return peer;
        }

        boolean goesOn() {
            return System.nanoTime() - endNs < 0 && !Thread.currentThread().isInterrupted();
        }

        void flood(final RawZmtpPeer peer, final byte[] bytes) {
            while (goesOn()) {
                peer.send(bytes);
            }
        }

        /** Sends a byte to each that has not ended the connection, and pauses, and so on. */
        void trickle(final List<RawZmtpPeer> peers, final byte[] bytes) {
            final List<RawZmtpPeer> open = new ArrayList<>(peers);
            for (int i = 0; i < bytes.length && goesOn() && !open.isEmpty(); i++) {
                final byte[] next = {bytes[i]};
                open.removeIf(peer -> isEndedAt(peer, next));
                LockSupport.parkNanos(TRICKLE_PAUSE_NS);
            }
        }

        private static boolean isEndedAt(final RawZmtpPeer peer, final byte[] next) {
            try {
                peer.send(next);
                return false;
            } catch (final PeerException e) {
                return true;
            }
        }

        byte[] frames(final int flags, final int bodyBytes, final int count) {
            return repeat(ZmtpBytes.frame(flags, new byte[bodyBytes]), count);
        }

        byte[] repeat(final byte[] bytes, final int count) {
            final ByteBuffer all = ByteBuffer.allocate(bytes.length * count);
            while (all.hasRemaining()) {
                all.put(bytes);
            }
            return all.array();
        }
    }
}
