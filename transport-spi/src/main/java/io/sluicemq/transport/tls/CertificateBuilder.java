package io.sluicemq.transport.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/**
 * Makes certificates for tests and for trying things out: with a key of its own, signed by itself or by another, and gone
 * with the process. It is no certificate authority; real ones come from elsewhere. Not thread safe.
 */
public final class CertificateBuilder {
    private static final int SEQUENCE = 0x30;
    private static final int SET_OF_EXTENSIONS = 0xA3;
    private static final int VERSION = 0xA0;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int UTC_TIME = 0x17;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;

    private static final byte[] TRUE = {1, 1, (byte) 0xFF};
    private static final byte[] ECDSA_WITH_SHA256 = {6, 8, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2};
    private static final byte[] RSA_WITH_SHA256 = {
        6, 9, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 1, 1, 0x0B, 5, 0
    };
    private static final byte[] ED25519 = {6, 3, 0x2B, 0x65, 0x70};
    private static final byte[] BASIC_CONSTRAINTS = {6, 3, 0x55, 0x1D, 0x13};
    private static final byte[] ALTERNATIVE_NAMES = {6, 3, 0x55, 0x1D, 0x11};

    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|.*:.*");
    private static final int SERIAL_BITS = 127;
    private static final Duration DEFAULT_VALIDITY = Duration.ofDays(30);

    private final X500Principal subject;
    private final List<byte[]> names = new ArrayList<>();
    private Instant from = Instant.now().minus(Duration.ofHours(1));
    private Instant until = Instant.now().plus(DEFAULT_VALIDITY);
    private boolean authority;
    private TlsIdentity issuer;
    private KeyPair keys;

    /**
     * Begins a certificate that is valid for 30 days, and signed by itself.
     *
     * @param subject as RFC 2253 writes it, such as {@code CN=localhost}.
     */
    public CertificateBuilder(final String subject) {
        this.subject = new X500Principal(subject);
    }

    /**
     * Adds a name for which the certificate stands.
     *
     * @param name of a host, or an IP address without brackets.
     * @return this.
     */
    public CertificateBuilder name(final String name) {
        if (ADDRESS.matcher(name).matches()) {
            try {
                names.add(der(IP_ADDRESS, InetAddress.getByName(name).getAddress()));
            } catch (final UnknownHostException e) {
                throw new IllegalArgumentException("name=" + name + ", limit=an IP address or a host name", e);
            }
        } else {
            names.add(der(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)));
        }
        return this;
    }

    /**
     * When the certificate is valid.
     *
     * @param begins from this instant on.
     * @param ends up to this instant, before the year 2050.
     * @return this.
     */
    public CertificateBuilder validity(final Instant begins, final Instant ends) {
        from = begins;
        until = ends;
        return this;
    }

    /**
     * Makes it one that may sign others.
     *
     * @return this.
     */
    public CertificateBuilder authority() {
        authority = true;
        return this;
    }

    /**
     * Has another sign it.
     *
     * @param signer one made with {@link #authority()}.
     * @return this.
     */
    public CertificateBuilder issuer(final TlsIdentity signer) {
        issuer = signer;
        return this;
    }

    /**
     * Uses a key that is there, in place of a new one on the curve P-256.
     *
     * @param pair RSA, EC or Ed25519; {@link #build} refuses others.
     * @return this.
     */
    public CertificateBuilder keys(final KeyPair pair) {
        keys = pair;
        return this;
    }

    /**
     * Makes it. Takes some milliseconds.
     *
     * @return the key, the certificate, and those of its issuer.
     * @throws IllegalArgumentException when it is to be signed by a key that is not RSA, EC or Ed25519.
     */
    public TlsIdentity build() {
        try {
            final KeyPair own = keys == null ? newKeys() : keys;
            final TlsIdentity signer =
                    issuer == null ? new TlsIdentity(own.getPrivate(), List.of(sign(own, own, subject))) : issuer;
            final KeyPair signing = new KeyPair(signer.certificate().getPublicKey(), signer.privateKey());
            if (issuer == null) {
                return signer;
            }
            final List<X509Certificate> chain = new ArrayList<>();
            chain.add(sign(own, signing, issuer.certificate().getSubjectX500Principal()));
            chain.addAll(issuer.chain());
            return new TlsIdentity(own.getPrivate(), chain);
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(
                    "certificate=cannot be made, limit=EC with SHA-256, use another JDK: " + e.getMessage(), e);
        }
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private X509Certificate sign(final KeyPair own, final KeyPair signing, final X500Principal signer)
            throws GeneralSecurityException {
        final String algorithm = signing.getPrivate().getAlgorithm();
        final Signature signature = Signature.getInstance(signatureOf(algorithm));
        final byte[] algorithmId = der(SEQUENCE, algorithmOf(algorithm));
        final byte[] toSign = toSign(algorithmId, signer, own.getPublic());
        signature.initSign(signing.getPrivate());
        signature.update(toSign);
        final byte[] encoded = der(SEQUENCE, toSign, algorithmId, der(BIT_STRING, new byte[1], signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private byte[] toSign(final byte[] algorithmId, final X500Principal signer, final PublicKey key) {
        final byte[] validity = der(SEQUENCE, time(from), time(until));
        final byte[] serial = der(INTEGER, new BigInteger(SERIAL_BITS, new SecureRandom()).toByteArray());
        final byte[] version3 = der(VERSION, der(INTEGER, new byte[] {2}));
        return der(
                SEQUENCE,
                version3,
                serial,
                algorithmId,
                signer.getEncoded(),
                validity,
                subject.getEncoded(),
                key.getEncoded(),
                extensions());
    }

    private byte[] extensions() {
        final byte[] constraints = der(SEQUENCE, authority ? TRUE : new byte[0]);
        final byte[] first = der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTET_STRING, constraints));
        final byte[] second = names.isEmpty()
                ? new byte[0]
                : der(SEQUENCE, ALTERNATIVE_NAMES, der(OCTET_STRING, der(SEQUENCE, names.toArray(new byte[0][]))));
        return der(SET_OF_EXTENSIONS, der(SEQUENCE, first, second));
    }

    static String signatureOf(final String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519" -> keyAlgorithm;
            default ->
                throw new IllegalArgumentException(
                        "keyAlgorithm=" + keyAlgorithm + ", limit=RSA, EC or Ed25519, use a key of one of these");
        };
    }

    private static byte[] algorithmOf(final String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> RSA_WITH_SHA256;
            case "EC" -> ECDSA_WITH_SHA256;
            default -> ED25519;
        };
    }

    private static byte[] time(final Instant instant) {
        final String text = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(instant);
        return der(UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** One value of ASN.1 in its distinguished encoding (X.690). */
    private static byte[] der(final int tag, final byte[]... parts) {
        int length = 0;
        for (final byte[] part : parts) {
            length += part.length;
        }
        final ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
        out.write(tag);
        if (length > 0xFF) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length > 0x7F) {
            out.write(0x81);
        }
        out.write(length);
        for (final byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
