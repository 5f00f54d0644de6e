package io.sluicemq.transport.tls;

import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What options and their files come to for an implementation of TLS that is not the JDK's. The same object is given out until the
 * files change, so that what is made of it can be kept as long. Immutable; its managers are asked on threads that may block.
 *
 * @param key shows our certificate; null when there is none.
 * @param trust decides about the peer. What it refuses it explains in the text of its exception, which is for people as it is.
 */
public record TlsManagers(X509ExtendedKeyManager key, X509ExtendedTrustManager trust) {}
