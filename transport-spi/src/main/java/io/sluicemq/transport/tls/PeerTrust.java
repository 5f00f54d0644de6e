package io.sluicemq.transport.tls;

import io.sluicemq.wire.PeerText;
import java.net.Socket;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Whom we believe, and in what words we say no. Asked on threads that may block. */
final class PeerTrust extends X509ExtendedTrustManager {
    private static final int MAX_SHOWN_CHARS = 256;

    private final TlsOptions options;

    /** Null when no authority is asked: fingerprints alone decide, or nothing does. */
    private final X509ExtendedTrustManager authorities;

    /** A refusal in words for people, which go up to the socket as they are. */
    static final class Refusal extends CertificateException {
        private static final long serialVersionUID = 1L;

        Refusal(final String text, final Throwable cause) {
            super(text, cause);
        }
    }

    PeerTrust(final TlsOptions options, final X509ExtendedTrustManager authorities) {
        this.options = options;
        this.authorities = authorities;
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
            throws CertificateException {
        checkPinned(chain[0]);
        if (authorities != null) {
            try {
                authorities.checkServerTrusted(chain, type, engine);
            } catch (final CertificateException e) {
                throw explain(chain[0], engine, e);
            }
        }
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String type, final SSLEngine engine)
            throws CertificateException {
        checkPinned(chain[0]);
        if (authorities != null) {
            try {
                authorities.checkClientTrusted(chain, type, engine);
            } catch (final CertificateException e) {
                throw explain(chain[0], engine, e);
            }
        }
    }

    private void checkPinned(final X509Certificate certificate) throws Refusal {
        if (!options.pinnedFingerprints().isEmpty()) {
            final String fingerprint = TlsIdentity.fingerprint(certificate);
            if (!options.pinnedFingerprints().contains(fingerprint)) {
                throw new Refusal(
                        "fingerprint=" + fingerprint + ", limit=" + options.pinnedFingerprints()
                                + ", the certificate of " + subject(certificate) + " is not one of those pinned: pin"
                                + " it if the other side names it as its own, else somebody stands in between",
                        null);
            }
        }
    }

    private static Refusal explain(
            final X509Certificate certificate, final SSLEngine engine, final CertificateException failure) {
        if (isOutOfDate(failure)) {
            return outOfDate(certificate, failure);
        }
        final String who = subject(certificate);
        if (leadsNowhere(failure)) {
            return new Refusal(
                    "issuer=" + shown(certificate.getIssuerX500Principal())
                            + ", limit=authorities that are trusted, the certificate"
                            + " of " + who
                            + " leads to none of them: add its authority to the trust files, or pin its fingerprint ("
                            + shown(failure.getMessage()) + ")",
                    failure);
        }
        // The name is looked at last, and what the JDK finds wrong before is of a class of its own.
        if (failure.getClass() == CertificateException.class && engine.getUseClientMode()) {
            return new Refusal(
                    "serverName=" + dialedName(engine) + ", limit=" + shown(CertificateNames.all(certificate))
                            + ", the certificate of " + who
                            + " does not have this name: connect by one that it has, or set serverName",
                    failure);
        }
        return new Refusal(
                "certificate=" + who
                        + ", limit=one that is made for this use, by methods that this JDK allows, replace it ("
                        + shown(failure.getMessage()) + ")",
                failure);
    }

    /** Not every implementation of TLS has it in the engine itself. */
    private static String dialedName(final SSLEngine engine) {
        return engine.getPeerHost() == null ? engine.getHandshakeSession().getPeerHost() : engine.getPeerHost();
    }

    private static boolean leadsNowhere(final Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // The second is one of another authority of the same name.
            if (cause instanceof CertPathBuilderException
                    || (cause instanceof CertPathValidatorException invalid
                            && invalid.getReason() == CertPathValidatorException.BasicReason.INVALID_SIGNATURE)) {
                return true;
            }
        }
        return false;
    }

    private static Refusal outOfDate(final X509Certificate certificate, final CertificateException failure) {
        return new Refusal(
                "validity=" + certificate.getNotBefore().toInstant() + ".."
                        + certificate.getNotAfter().toInstant()
                        + ", limit=now, a certificate in the chain of " + subject(certificate)
                        + " is out of date, renew it",
                failure);
    }

    /**
     * Looks at the dates of a certificate that was verified in an earlier connection. At those of its authorities not: a peer may
     * show some that lead nowhere.
     */
    static void checkDates(final X509Certificate certificate, final long wallClockMs) throws Refusal {
        final Instant now = Instant.ofEpochMilli(wallClockMs);
        if (now.isBefore(certificate.getNotBefore().toInstant())
                || now.isAfter(certificate.getNotAfter().toInstant())) {
            throw outOfDate(certificate, null);
        }
    }

    private static boolean isOutOfDate(final Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return true;
            }
            if (cause instanceof CertPathValidatorException invalid
                    && (invalid.getReason() == CertPathValidatorException.BasicReason.EXPIRED
                            || invalid.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID)) {
                return true;
            }
        }
        return false;
    }

    private static String subject(final X509Certificate certificate) {
        return shown(certificate.getSubjectX500Principal().getName());
    }

    /** The certificate is the peer's own words. */
    private static String shown(final Object text) {
        return PeerText.printable(text, MAX_SHOWN_CHARS);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities == null ? new X509Certificate[0] : authorities.getAcceptedIssuers();
    }

    // Engines are asked for above; the JDK never comes here with them.

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String type) throws CertificateException {
        throw noEngine();
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String type) throws CertificateException {
        throw noEngine();
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String type, final Socket socket)
            throws CertificateException {
        throw noEngine();
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String type, final Socket socket)
            throws CertificateException {
        throw noEngine();
    }

    private static CertificateException noEngine() {
        return new CertificateException("engine=none, limit=connections with an SSLEngine, use one");
    }
}
