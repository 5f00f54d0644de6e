package io.sluicemq.transport.tls;

import io.sluicemq.transport.CloseReason;
import io.sluicemq.transport.stream.StreamException;
import io.sluicemq.wire.PeerText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Puts what went wrong with TLS into words: what was seen, the limit and the remedy. Any thread. */
public final class TlsFailure {
    private static final String ALERT = "Received fatal alert: ";
    private static final int ZMTP_FIRST = 0xFF;
    private static final int SHOWN_BYTES = 16;
    private static final int MAX_SHOWN_CHARS = 1024;

    /** The stream ended where TLS had not. */
    static final class Truncated extends IOException {
        private static final long serialVersionUID = 1L;

        Truncated() {
            super(
                    "tls=stream ended without close_notify, limit=an end that the peer has signed, it crashed or somebody cut"
                            + " the connection");
        }
    }

    /** What came is no record of TLS. */
    static final class NotTls extends SSLException {
        private static final long serialVersionUID = 1L;

        NotTls(final ByteBuffer bytes) {
            super(describe(bytes));
        }

        private static String describe(final ByteBuffer bytes) {
            final int first = bytes.get(bytes.position()) & 0xFF;
            if (first == ZMTP_FIRST) {
                return "peer=speaks ZMTP without TLS, limit=TLS, use the same scheme on both sides, such as tls+tcp://";
            }
            final byte[] shown = new byte[Math.min(bytes.remaining(), SHOWN_BYTES)];
            bytes.get(bytes.position(), shown);
            final boolean isText = first >= 'A' && first <= 'z';
            final String seen =
                    isText ? "peer=speaks a protocol of text such as HTTP, " + printable(shown) : "firstOctet=" + first;
            return seen + ", limit=TLS, see whether this is the right port, and the peer uses TLS";
        }

        private static String printable(final byte[] bytes) {
            return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
        }
    }

    private TlsFailure() {}

    /** Change cipher spec, alert, handshake or application data (RFC 8446, 5.1). */
    static boolean isRecordType(final byte first) {
        return first >= 20 && first <= 23;
    }

    static IOException inHandshake(final IOException failure, final TlsOptions options) {
        return new StreamException(CloseReason.HANDSHAKE_FAILED, text(failure, options), failure);
    }

    static IOException leftInHandshake(final Truncated failure) {
        return new StreamException(
                CloseReason.CLOSED_BY_PEER,
                "closed the connection in the TLS handshake, see whether it uses TLS, and what it says of it",
                failure);
    }

    /** Nothing has come yet, so that what failed may well be the peer's part of the handshake. */
    static IOException beforeFirstByte(final IOException failure, final TlsOptions options, final boolean dialed) {
        if (failure instanceof SSLException) {
            return inHandshake(failure, options);
        }
        if (!dialed || !isLeaving(failure)) {
            return failure;
        }
        return new StreamException(
                CloseReason.CLOSED_BY_PEER,
                "closed the connection right after our part of the TLS handshake, certificate=" + own(options)
                        + ", limit=what the peer asks for, see whether it wants one and trusts ours (" + shown(failure)
                        + ")",
                failure);
    }

    private static boolean isLeaving(final IOException failure) {
        return failure instanceof Truncated
                || String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("reset");
    }

    static IOException afterHandshake(final IOException failure) {
        if (failure instanceof SSLException) {
            return new StreamException(CloseReason.PROTOCOL_ERROR, shown(failure), failure);
        }
        return failure;
    }

    private static String text(final IOException failure, final TlsOptions options) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PeerTrust.Refusal) {
                return cause.getMessage();
            }
        }
        final String message = shown(failure);
        if (failure instanceof NotTls || message.contains("limit=")) {
            return message;
        }
        final int alert = message.indexOf(ALERT);
        if (alert >= 0) {
            return alertText(message.substring(alert + ALERT.length()).strip(), options);
        }
        final String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("certificate chain") || lower.contains("null cert")) {
            return "peerCertificate=none, limit=clientAuthentication=" + options.clientAuthentication()
                    + ", give the peer a certificate of an authority that is trusted here";
        }
        if (lower.contains("protocol") || lower.contains("cipher") || lower.contains("negotia")) {
            return "protocols=" + options.protocols()
                    + ", limit=those of the peer, there is no version or cipher suite that" + " both sides have ("
                    + message + ")";
        }
        return "tls=handshake failed (" + message + "), limit=RFC 8446, see what the peer says of it";
    }

    /** The JDK may have put names of the peer's into it. */
    private static String shown(final IOException failure) {
        return PeerText.printable(failure.getMessage(), MAX_SHOWN_CHARS);
    }

    /**
     * What the peer's alert means.
     *
     * @param alert its name in RFC 8446, section 6, such as {@code certificate_required}.
     * @param options of this side.
     * @return names what was seen, the limit and the remedy.
     */
    public static String alertText(final String alert, final TlsOptions options) {
        return switch (alert) {
            case "bad_certificate",
                    "certificate_required",
                    "unknown_ca",
                    "certificate_unknown",
                    "certificate_expired",
                    "certificate_revoked",
                    "unsupported_certificate",
                    "access_denied" ->
                "certificate=" + own(options) + ", limit=one that the peer trusts, it answered alert=" + alert
                        + ": give this side a certificate of an authority that the peer knows, or have it trust or pin ours";
            case "protocol_version", "handshake_failure", "insufficient_security" ->
                "protocols=" + options.protocols() + ", limit=those of the peer, it answered alert=" + alert
                        + ": there is no version or cipher suite that both sides have";
            default -> "alert=" + alert + ", limit=none, the peer refused the TLS handshake, see its log";
        };
    }

    private static String own(final TlsOptions options) {
        return options.hasCertificate() ? "ours" : "none";
    }
}
