package io.sluicemq.transport.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The alternative names of a certificate (RFC 5280, 4.2.1.6), as the JDK writes them. */
final class CertificateNames {
    /** Kinds of names by their number. */
    private static final List<String> KINDS =
            List.of("other", "email", "DNS", "X400", "directory", "EDI", "URI", "IP", "OID");

    private CertificateNames() {}

    /** For people. */
    static List<String> all(final X509Certificate certificate) {
        try {
            final List<String> names = new ArrayList<>();
            final Collection<List<?>> found = certificate.getSubjectAlternativeNames();
            if (found != null) {
                for (final List<?> name : found) {
                    final String kind = KINDS.get((Integer) name.get(0));
                    // The JDK gives the bytes of those that it cannot write.
                    names.add(kind + ":" + (name.get(1) instanceof String text ? text : "?"));
                }
            }
            return names;
        } catch (final CertificateParsingException e) {
            return List.of("names that cannot be read");
        }
    }

    /** For comparing: hosts, addresses and URIs, with a space between; empty when there are none. */
    static String exact(final X509Certificate certificate) {
        final StringBuilder text = new StringBuilder();
        for (final String name : all(certificate)) {
            if (isComparable(name)) {
                text.append(text.length() == 0 ? "" : " ").append(name);
            }
        }
        return text.toString();
    }

    /** Not one with a space or a control character, which might pass for two. */
    private static boolean isComparable(final String name) {
        final boolean isKnown = name.startsWith("DNS:") || name.startsWith("URI:") || name.startsWith("IP:");
        return isKnown && name.chars().allMatch(c -> c > ' ' && c <= '~');
    }
}
