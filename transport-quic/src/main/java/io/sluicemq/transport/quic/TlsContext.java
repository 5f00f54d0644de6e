package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.SslSessionTicketKey;
import io.sluicemq.transport.tls.TlsManagers;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * BoringSSL's context for the options of one socket in one direction, and what it knows of earlier sessions: nothing, unless they may be
 * resumed with early data. Agent, unless said.
 */
final class TlsContext {
    /**
     * Certificates are verified again at the latest after this time, however often a session is resumed: the side that listens has new
     * keys then, for which all tickets from before are noise, the side that dials a new context without tickets.
     */
    static final long SESSION_LIFETIME_NS = 3_600_000_000_000L;

    /** Servers whose tickets are kept. */
    static final int MAX_SESSIONS = 1_024;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final TlsManagers managers;
    private final QuicSslContext ssl;
    private final boolean early;
    private final long madeNs;
    private long keysNs;

    /** Where the server of a name and port was found; its ticket is for that one alone. */
    private final Map<String, InetAddress> found = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<String, InetAddress> eldest) {
            return size() > MAX_SESSIONS;
        }
    };

    /**
     * Takes a context into use. Any thread.
     *
     * @param managers under which it was made.
     * @param ssl BoringSSL's.
     * @param early whether sessions are resumed.
     * @param nowNs as of {@link System#nanoTime()}.
     */
    TlsContext(final TlsManagers managers, final QuicSslContext ssl, final boolean early, final long nowNs) {
        this.managers = managers;
        this.ssl = ssl;
        this.early = early;
        this.madeNs = nowNs;
        if (ssl.isServer()) {
            forgetTickets(nowNs);
        }
    }

    /** Whether it serves for new connections: no file has changed, and its sessions are not too old. Any thread. */
    @SuppressWarnings("ReferenceEquality") // the same until a file has changed
    boolean serves(final TlsManagers now, final long nowNs) {
        return managers == now && (!early || ssl.isServer() || nowNs - madeNs < SESSION_LIFETIME_NS);
    }

    QuicSslEngine dial(final ByteBufAllocator buffers, final String name, final int port) {
        return ssl.newEngine(buffers, name, port);
    }

    /** For a connection that has come. Who resumes a session shows no certificate, and so is known for as long as the keys are. */
    QuicSslEngine accept(final ByteBufAllocator buffers, final long nowNs) {
        if (!early || nowNs - keysNs >= SESSION_LIFETIME_NS) {
            forgetTickets(nowNs);
        }
        return ssl.newEngine(buffers);
    }

    /** Without keys of ours BoringSSL has some for as long as the context lives, and no switch against tickets. */
    private void forgetTickets(final long nowNs) {
        keysNs = nowNs;
        ssl.sessionContext()
                .setTicketKeys(new SslSessionTicketKey(
                        fresh(SslSessionTicketKey.NAME_SIZE),
                        fresh(SslSessionTicketKey.HMAC_KEY_SIZE),
                        fresh(SslSessionTicketKey.AES_KEY_SIZE)));
    }

    private static byte[] fresh(final int length) {
        final byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** The age of the keys of tickets. */
    long keysAgeNs(final long nowNs) {
        return nowNs - keysNs;
    }

    void foundAt(final String server, final InetAddress address) {
        if (early) {
            found.put(server, address);
        }
    }

    /** Where a server was found with which there may be a session, or null. */
    InetAddress lastAddress(final String server) {
        return found.get(server);
    }
}
