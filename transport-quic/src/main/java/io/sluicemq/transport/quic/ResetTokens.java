package io.sluicemq.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.QuicResetTokenGenerator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * By which the client of a connection knows that its server has lost it (RFC 9000, 10.3). They follow from the listener's private key,
 * its address, with the name of the machine if that is the wildcard address, and the connection id, so that who is started again with the
 * same certificate at the same port has the same ones. Agent.
 */
final class ResetTokens implements QuicResetTokenGenerator {
    /** In the READY of the server: the token of the connection. */
    static final String PROPERTY = "X-Reset-Token";

    static final int BYTES = 16;

    /** Of a datagram that tells a token. */
    static final int MIN_BYTES = 21;

    /** Beyond the shortest, so that it looks like any other. */
    private static final int MORE_BYTES = 20;

    private static final int FIXED_BIT = 0x40;
    private static final int HEADER_MASK = 0x3F;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PURPOSE = "sluicemq quic stateless reset ";
    private static final int SECRET_BYTES = 32;
    private static final String[] KEY_TYPES = {"EC", "RSA", "EdDSA", "Ed25519", "RSASSA-PSS"};

    private final SecureRandom random = new SecureRandom();
    private final Mac mac;

    /**
     * Makes the tokens of a port.
     *
     * @param secret that whoever is started again knows too.
     * @param port where it listens: who listens elsewhere under the same secret must not tell its tokens (RFC 9000, 21.11).
     */
    ResetTokens(final byte[] secret, final InetSocketAddress port) {
        this(secret, port, port.getAddress().isAnyLocalAddress() ? hostName() : "");
    }

    /**
     * Makes the tokens of a port of a machine.
     *
     * @param host name of the machine, where the address does not tell it from others.
     */
    ResetTokens(final byte[] secret, final InetSocketAddress port, final String host) {
        final String purpose = PURPOSE + port.getAddress().getHostAddress() + " " + port.getPort() + " " + host;
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            mac.init(new SecretKeySpec(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)), ALGORITHM));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("algorithm=" + ALGORITHM + ", limit=those of this JDK, which lacks it", e);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (final UnknownHostException e) {
            return ""; // a machine whose own name does not resolve
        }
    }

    /** The private key of a listener; or something random, for a key that cannot be had. */
    static byte[] secretOf(final X509ExtendedKeyManager manager) {
        for (final String type : KEY_TYPES) {
            final String[] aliases = manager.getServerAliases(type, null);
            final PrivateKey key = aliases == null || aliases.length == 0 ? null : manager.getPrivateKey(aliases[0]);
            final byte[] encoded = key == null ? null : key.getEncoded();
            if (encoded != null) {
                return encoded;
            }
        }
        final byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    byte[] tokenOf(final long id) {
        return Arrays.copyOf(
                mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(id).array()), BYTES);
    }

    @Override
    public ByteBuffer newResetToken(final ByteBuffer id) {
        return ByteBuffer.wrap(tokenOf(id.getLong(id.position())));
    }

    /** The answer to a datagram whose connection id says nothing here; shorter than that, so that two cannot go on for ever. */
    ByteBuf reset(final ByteBufAllocator buffers, final long id, final int triggerBytes) {
        final int length = Math.min(triggerBytes - 1, MIN_BYTES + random.nextInt(MORE_BYTES));
        final byte[] noise = new byte[length - BYTES];
        random.nextBytes(noise);
        noise[0] = (byte) (FIXED_BIT | (noise[0] & HEADER_MASK));
        return buffers.directBuffer(length, length).writeBytes(noise).writeBytes(tokenOf(id));
    }
}
