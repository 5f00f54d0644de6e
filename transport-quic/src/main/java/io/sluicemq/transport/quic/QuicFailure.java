package io.sluicemq.transport.quic;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.stream.StreamException;
import io.sluicemq.transport.tls.TlsFailure;
import io.sluicemq.transport.tls.TlsOptions;
import io.sluicemq.wire.PeerText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.ssl.SSLException;

/** Puts what went wrong with QUIC into words: what was seen, the limit and the remedy. */
final class QuicFailure {
    /** The code of ours, in a CONNECTION_CLOSE (RFC 9000, 20.1). */
    static final int NO_ERROR = 0;

    private static final int NO_APPLICATION_PROTOCOL = 120;
    private static final int MAX_SHOWN_CHARS = 256;

    /** RFC 8446, section 6; the others are told by their number. */
    private static final Map<Integer, String> ALERTS = Map.ofEntries(
            Map.entry(40, "handshake_failure"),
            Map.entry(42, "bad_certificate"),
            Map.entry(43, "unsupported_certificate"),
            Map.entry(44, "certificate_revoked"),
            Map.entry(45, "certificate_expired"),
            Map.entry(46, "certificate_unknown"),
            Map.entry(48, "unknown_ca"),
            Map.entry(49, "access_denied"),
            Map.entry(70, "protocol_version"),
            Map.entry(71, "insufficient_security"),
            Map.entry(116, "certificate_required"));

    private QuicFailure() {}

    /** What the peer says with its CONNECTION_CLOSE. */
    static StreamException closedByPeer(
            final QuicConnectionCloseEvent event, final TlsOptions options, final boolean shaken) {
        if (event.isTlsError()) {
            return inHandshake(alert(QuicConnectionCloseEvent.extractTlsError(event.error()), options));
        }
        if (event.error() == NO_ERROR) {
            return new StreamException(CloseReason.CLOSED_BY_PEER, "closed the connection", null);
        }
        final String said = said(event);
        if (!event.isApplicationClose()) {
            return new StreamException(
                    shaken ? CloseReason.IO_ERROR : CloseReason.HANDSHAKE_FAILED,
                    "quicError=" + event.error()
                            + ", limit=none (RFC 9000, 20.1), the peer's QUIC ended the connection: " + said,
                    null);
        }
        return new StreamException(
                CloseReason.PROTOCOL_ERROR, "closeCode=" + event.error() + ", limit=0, the peer says: " + said, null);
    }

    /** Netty 4.2.18 has no array for a reason that is empty, and throws when it is to copy it. */
    private static String said(final QuicConnectionCloseEvent event) {
        try {
            return PeerText.printable(new String(event.reason(), StandardCharsets.UTF_8), MAX_SHOWN_CHARS);
        } catch (final NullPointerException e) {
            return "nothing";
        }
    }

    private static String alert(final int number, final TlsOptions options) {
        if (number == NO_APPLICATION_PROTOCOL) {
            return "alpn=" + QuicTls.ALPN
                    + ", limit=what the peer speaks, see whether it is a SluiceMQ socket, and of a"
                    + " version that fits";
        }
        return TlsFailure.alertText(ALERTS.getOrDefault(number, String.valueOf(number)), options);
    }

    /** Our BoringSSL did not like what the peer sent, and does not say what. */
    static StreamException unshaken(final Throwable cause, final TlsOptions options) {
        return inHandshake("tls=handshake failed (" + cause.getMessage() + "), limit=alpn " + QuicTls.ALPN
                + ", clientAuthentication=" + options.clientAuthentication()
                + ", see whether the peer is a SluiceMQ socket and has the certificate that is asked for");
    }

    /** The handshake of QUIC was not done. */
    static StreamException notConnected(final Throwable cause, final TlsOptions options, final long timeoutNs) {
        if (cause instanceof ConnectTimeoutException) {
            return new StreamException(
                    CloseReason.CONNECT_FAILED,
                    "handshake=not done, limit=connectTimeoutNs=" + timeoutNs
                            + ", see whether the peer runs there, and UDP gets through",
                    cause);
        }
        return cause instanceof SSLException
                ? unshaken(cause, options)
                : new StreamException(CloseReason.CONNECT_FAILED, String.valueOf(cause.getMessage()), cause);
    }

    static StreamException inHandshake(final String text) {
        return new StreamException(CloseReason.HANDSHAKE_FAILED, text, null);
    }

    static StreamException endWithoutFiller(final long id) {
        return brokenRule("endOfStream=" + id + " without a byte", "one byte of 0 in front of the FIN");
    }

    static StreamException badStream(final int type) {
        return brokenRule("streamType=" + type, "1 to 3");
    }

    static StreamException badLane(final int lane, final int lanes) {
        return brokenRule("lane=" + lane, "0 to " + (lanes - 1) + " as the peer's READY says");
    }

    static StreamException badCredit(final int lane, final int lanes) {
        return brokenRule(
                "creditForLane=" + lane,
                lanes == 0 ? "none, as no lanes are used" : "0 to " + (lanes - 1) + " as our READY says, or 255");
    }

    static StreamException oneLaneMore(final int lane) {
        return brokenRule("secondStreamOfLane=" + lane, "one");
    }

    static StreamException oneLargeMore(final long number, final long granted) {
        return brokenRule("largeMessage=" + number, "numbers from 0 to " + (granted - 1) + ", each once");
    }

    static StreamException overCredit(final int lane) {
        return brokenRule("bytesOfLane" + lane + "=more than the credit for them", "the credit");
    }

    static StreamException laneWithoutLanes() {
        return brokenRule("stream=of a lane", "both sides using lanes");
    }

    static StreamException badDatagram(final String seen, final String limit) {
        return brokenRule(seen, limit);
    }

    static StreamException badDatagram(final String scanError) {
        return new StreamException(CloseReason.PROTOCOL_ERROR, scanError, null);
    }

    static StreamException badNumber(final String seen) {
        return brokenRule(seen, "numbers of datagrams, each once, in use by both sides");
    }

    static StreamException notOffered(final String seen) {
        return brokenRule(seen, "none, unless both sides take datagrams and the peer publishes");
    }

    static StreamException wrongStream(final String command) {
        return brokenRule("command=" + command + " in the wrong place or too short", "its stream and its length");
    }

    private static StreamException brokenRule(final String seen, final String limit) {
        return new StreamException(
                CloseReason.PROTOCOL_ERROR,
                seen + ", limit=" + limit + ", the peer breaks the protocol: see docs/wire-quic.md",
                null);
    }

    static StreamException oneStreamMore(final long id) {
        return new StreamException(
                CloseReason.PROTOCOL_ERROR,
                "streamId=" + id + ", limit=one control stream, the peer breaks the protocol: see docs/wire-quic.md",
                null);
    }

    static StreamException earlyLane() {
        return new StreamException(
                CloseReason.PROTOCOL_ERROR,
                "lane=before the end of the handshake, limit=the control stream alone, as the rest could be a recording: see docs/wire-quic.md",
                null);
    }

    static StreamException messageOnControl(final int flags) {
        return new StreamException(
                CloseReason.PROTOCOL_ERROR,
                "flags=" + flags
                        + ", limit=commands on the control stream, the peer breaks the protocol: see docs/wire-quic.md",
                null);
    }

    static StreamException handshakeTimedOut(final long limitNs) {
        return new StreamException(
                CloseReason.HANDSHAKE_TIMED_OUT,
                "handshake=not done, limit=" + limitNs
                        + " ns, who began it with early data did not finish it: a peer that is gone, or a recording of one",
                null);
    }

    static StreamException unreachable(final boolean shaken) {
        return new StreamException(
                shaken ? CloseReason.IO_ERROR : CloseReason.CONNECT_FAILED,
                "port=closed, limit=one that somebody listens on, start the peer",
                null);
    }

    static StreamException unknownToPeer() {
        return new StreamException(
                CloseReason.IO_ERROR,
                "connection=unknown to the peer, limit=those since its start, it was started again: it is connected to anew",
                null);
    }

    static StreamException silent(final QuicOptions options) {
        return new StreamException(
                CloseReason.IO_ERROR,
                "silence=idle timeout, limit=" + options.idleTimeoutNs()
                        + " ns here, or less at the peer, it died or the network between is cut",
                null);
    }

    static StreamException lost(final Throwable cause) {
        return new StreamException(
                CloseReason.IO_ERROR, "connection lost" + (cause == null ? "" : ": " + cause), cause);
    }
}
