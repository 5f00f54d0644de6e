package io.sluicemq.transport.quic;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The first datagram of a client that says PING, and nothing of TLS: protected as RFC 9001, 5 has it. */
final class RawInitial {
    private static final byte[] SALT = HexFormat.of().parseHex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
    private static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 16;
    private static final int IV_BYTES = 12;
    private static final int SECRET_BYTES = 32;

    /** A long header of version 1, with a packet number of one byte. */
    private static final byte FIRST = (byte) 0xC0;

    private static final byte PING = 1;
    private static final int TWO_BYTES_LONG = 0x4000;

    private RawInitial() {}

    /** A datagram from an id to another one, with the token of a Retry or none. */
    static ByteBuffer of(final byte[] to, final byte[] from, final byte[] token) {
        final byte[] datagram = new byte[Entrance.MIN_INITIAL_BYTES];
        final ByteBuffer header = ByteBuffer.wrap(datagram);
        header.put(FIRST).putInt(1).put((byte) to.length).put(to);
        header.put((byte) from.length).put(from);
        header.putShort((short) (TWO_BYTES_LONG | token.length)).put(token);
        header.putShort((short) (TWO_BYTES_LONG | header.remaining() - Short.BYTES));
        final int number = header.position();
        try {
            protect(datagram, number, expand(hmac(SALT, to), "client in", SECRET_BYTES));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return ByteBuffer.wrap(datagram);
    }

    private static void protect(final byte[] datagram, final int number, final byte[] secret)
            throws GeneralSecurityException {
        final int payload = number + 1;
        final byte[] frames = new byte[datagram.length - payload - TAG_BYTES];
        frames[0] = PING;
        final Cipher seal = Cipher.getInstance("AES/GCM/NoPadding");
        // The packet number is 0.
        seal.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(expand(secret, "quic key", KEY_BYTES), "AES"),
                new GCMParameterSpec(8 * TAG_BYTES, expand(secret, "quic iv", IV_BYTES)));
        seal.updateAAD(datagram, 0, payload);
        seal.doFinal(frames, 0, frames.length, datagram, payload);

        final Cipher mask = Cipher.getInstance("AES/ECB/NoPadding");
        mask.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(expand(secret, "quic hp", KEY_BYTES), "AES"));
        final byte[] bits = mask.doFinal(datagram, number + 4, KEY_BYTES);
        datagram[0] ^= (byte) (bits[0] & 0x0F);
        datagram[number] ^= bits[1];
    }

    private static byte[] hmac(final byte[] key, final byte[] data) throws GeneralSecurityException {
        final Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    /** HKDF-Expand-Label of TLS 1.3, for one block. */
    private static byte[] expand(final byte[] secret, final String label, final int length)
            throws GeneralSecurityException {
        final byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        final ByteBuffer info = ByteBuffer.allocate(Short.BYTES + 1 + name.length + 2);
        info.putShort((short) length).put((byte) name.length).put(name).put((byte) 0);
        info.put((byte) 1);
        return Arrays.copyOf(hmac(secret, info.array()), length);
    }
}
