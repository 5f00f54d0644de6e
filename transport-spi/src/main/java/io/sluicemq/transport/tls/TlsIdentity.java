package io.sluicemq.transport.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Who one side is: its certificate, those that lead to its authority, and the private key. Immutable; any thread.
 *
 * @param privateKey belongs to the first certificate.
 * @param chain its own certificate first, then that of each one's issuer; the last may be left out.
 */
public record TlsIdentity(PrivateKey privateKey, List<X509Certificate> chain) {
    private static final int LINE_LENGTH = 64;

    /**
     * Copies the chain.
     *
     * @throws IllegalArgumentException when there is no certificate.
     */
    public TlsIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain=empty, limit=one certificate at least, give its own first");
        }
    }

    /**
     * Its own certificate.
     *
     * @return the first of the chain.
     */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    /**
     * By which people compare certificates, and {@link TlsOptions.Builder#pinnedFingerprint} knows one.
     *
     * @return SHA-256 of its own certificate in lower-case hexadecimal.
     */
    public String fingerprint() {
        return fingerprint(certificate());
    }

    /**
     * The certificates as a PEM file has them, for {@link TlsOptions.Builder#certificate}.
     *
     * @return text of several lines.
     */
    public String certificatePem() {
        final StringBuilder text = new StringBuilder();
        for (final X509Certificate certificate : chain) {
            text.append(pem("CERTIFICATE", encoded(certificate)));
        }
        return text.toString();
    }

    /**
     * The key as a PEM file has it, for {@link TlsOptions.Builder#certificate}.
     *
     * @return text of several lines, to be kept secret.
     * @throws IllegalStateException when the key does not leave the device where it is kept.
     */
    public String privateKeyPem() {
        final byte[] encoded = privateKey.getEncoded();
        if (encoded == null) {
            throw new IllegalStateException(
                    "privateKey=" + privateKey.getAlgorithm()
                            + " without encoding, limit=a key that leaves where it is kept, give TlsOptions.Builder identity(own)");
        }
        return pem("PRIVATE KEY", encoded);
    }

    private static String pem(final String type, final byte[] content) {
        final Base64.Encoder encoder = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'});
        return "-----BEGIN " + type + "-----\n" + encoder.encodeToString(content) + "\n-----END " + type + "-----\n";
    }

    private static byte[] encoded(final X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (final CertificateEncodingException e) {
            throw new IllegalArgumentException("certificate=cannot be encoded, limit=X.509, use another", e);
        }
    }

    static String fingerprint(final X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded(certificate)));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256=missing, limit=every JDK has it, use another JDK", e);
        }
    }

    @Override
    public String toString() {
        return "TlsIdentity{subject=" + certificate().getSubjectX500Principal() + ", fingerprint=" + fingerprint()
                + "}";
    }
}
