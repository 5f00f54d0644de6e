package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a Retry asks its receiver to send back (RFC 9000, 8.1.2), so that it shows to be at its address, and nothing need be
 * remembered meanwhile: the time, the address and the connection id that it first used, under a key of this process. A question of {@link
 * PathTable} has one for the same end. Agent.
 */
final class RetryTokens {
    /** A client answers a Retry at once. */
    static final long VALID_NS = 10_000_000_000L;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    private static final int TAG_BYTES = 16;
    private static final int HEAD_BYTES = Long.BYTES + TAG_BYTES;
    private static final int MAX_CONNECTION_ID_BYTES = 20;

    /** Longest token. */
    static final int MAX_BYTES = HEAD_BYTES + MAX_CONNECTION_ID_BYTES;

    private final Mac mac;

    RetryTokens() {
        final byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("algorithm=" + ALGORITHM + ", limit=those of this JDK, which lacks it", e);
        }
    }

    /** Writes a token for who used a connection id. */
    void mint(final ByteBuf target, final ByteBuf connectionId, final InetSocketAddress from, final long nowNs) {
        final byte[] id = bytes(connectionId, connectionId.readerIndex(), connectionId.readableBytes());
        target.writeLong(nowNs).writeBytes(tag(nowNs, id, from)).writeBytes(id);
    }

    /** Where in a token the first connection id begins; -1 for a token that is old, another's or made up. */
    int connectionIdAt(final ByteBuf token, final InetSocketAddress from, final long nowNs) {
        final int idBytes = token.readableBytes() - HEAD_BYTES;
        if (idBytes < 0 || idBytes > MAX_CONNECTION_ID_BYTES) {
            return -1;
        }
        final int start = token.readerIndex();
        final long mintedNs = token.getLong(start);
        final byte[] tag = bytes(token, start + Long.BYTES, TAG_BYTES);
        final byte[] id = bytes(token, start + HEAD_BYTES, idBytes);
        final long ageNs = nowNs - mintedNs;
        final boolean isOurs = MessageDigest.isEqual(tag, tag(mintedNs, id, from));
        return isOurs && ageNs >= 0 && ageNs <= VALID_NS ? HEAD_BYTES : -1;
    }

    private static byte[] bytes(final ByteBuf source, final int at, final int count) {
        final byte[] bytes = new byte[count];
        source.getBytes(at, bytes);
        return bytes;
    }

    private byte[] tag(final long timeNs, final byte[] connectionId, final InetSocketAddress from) {
        final byte[] address = from.getAddress().getAddress();
        // The lengths of both vary, and so are part of it.
        final ByteBuffer signed =
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES + 2 * Byte.BYTES + connectionId.length + address.length);
        signed.putLong(timeNs)
                .putInt(from.getPort())
                .put((byte) connectionId.length)
                .put((byte) address.length)
                .put(connectionId)
                .put(address);
        return Arrays.copyOf(mac.doFinal(signed.array()), TAG_BYTES);
    }
}
