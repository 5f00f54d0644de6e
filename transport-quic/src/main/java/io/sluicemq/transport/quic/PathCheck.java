package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The datagrams by which a client shows that it has moved: a question that goes to the new address alone, and its answer. Both are
 * sealed with a key that server and client have in common, and QUIC passes over them (RFC 9000, 17.3.1). Agent.
 *
 * <pre>
 *   kind(1)   0x35 question, 0x36 answer
 *   token(32) the server's own, and the same in the answer
 *   seal(16)  the first bytes of HMAC-SHA256 over kind and token
 * </pre>
 */
final class PathCheck {
    /** Of a question: without QUIC's fixed bit, and of a kind that nobody else has on the same port. */
    static final int QUESTION = 0x35;

    static final int ANSWER = 0x36;

    /** In the READY of the server: the key. */
    static final String KEY_PROPERTY = "X-Path-Key";

    static final int KEY_BYTES = 16;

    static final int TOKEN_BYTES = 32;

    private static final int SEAL_BYTES = 16;
    private static final int SEALED_BYTES = 1 + TOKEN_BYTES;

    /** Of a question, and of an answer. */
    static final int BYTES = SEALED_BYTES + SEAL_BYTES;

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;
    private final byte[] bytes = new byte[BYTES];

    PathCheck() {
        try {
            mac = Mac.getInstance(ALGORITHM);
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("algorithm=" + ALGORITHM + ", limit=those of this JDK, which lacks it", e);
        }
    }

    /** Whether a datagram may be one of a kind. */
    static boolean is(final int kind, final ByteBuf datagram) {
        return datagram.readableBytes() == BYTES && datagram.getByte(datagram.readerIndex()) == kind;
    }

    /** Begins a datagram, behind which comes the token. */
    static void begin(final ByteBuf target, final int kind) {
        target.writeByte(kind);
    }

    /** Ends a datagram that has its token. */
    void seal(final ByteBuf target, final byte[] key) {
        target.getBytes(target.readerIndex(), bytes, 0, SEALED_BYTES);
        target.writeBytes(sealOf(key), 0, SEAL_BYTES);
    }

    /** Whether a datagram that {@link #is} one was sealed with a key. */
    boolean isSealed(final ByteBuf datagram, final byte[] key) {
        datagram.getBytes(datagram.readerIndex(), bytes);
        final byte[] seal = Arrays.copyOfRange(bytes, SEALED_BYTES, BYTES);
        return MessageDigest.isEqual(seal, Arrays.copyOf(sealOf(key), SEAL_BYTES));
    }

    private byte[] sealOf(final byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("key=" + key.length + " bytes, limit=those that the JDK takes", e);
        }
        mac.update(bytes, 0, SEALED_BYTES);
        return mac.doFinal();
    }
}
