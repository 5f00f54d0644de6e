package io.sluicemq.transport.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The one identity of a side. It is shown even to a peer that lists other authorities, so that the peer can say what it does
 * not like; the JDK's own managers would keep it back, and the peer would only miss it.
 */
final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final TlsIdentity identity;

    OneKey(final TlsIdentity identity) {
        this.identity = identity;
    }

    private String aliasFor(final String keyType) {
        final boolean fits = keyType.equals(identity.privateKey().getAlgorithm())
                || keyType.equals(identity.certificate().getPublicKey().getAlgorithm());
        return fits ? ALIAS : null;
    }

    private String aliasFor(final String[] keyTypes) {
        for (final String keyType : keyTypes) {
            if (aliasFor(keyType) != null) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public String chooseEngineClientAlias(final String[] keyTypes, final Principal[] issuers, final SSLEngine engine) {
        return aliasFor(keyTypes);
    }

    @Override
    public String chooseEngineServerAlias(final String keyType, final Principal[] issuers, final SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public String chooseClientAlias(final String[] keyTypes, final Principal[] issuers, final Socket socket) {
        return aliasFor(keyTypes);
    }

    @Override
    public String chooseServerAlias(final String keyType, final Principal[] issuers, final Socket socket) {
        return aliasFor(keyType);
    }

    @Override
    public String[] getClientAliases(final String keyType, final Principal[] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public String[] getServerAliases(final String keyType, final Principal[] issuers) {
        return aliasFor(keyType) == null ? null : new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(final String alias) {
        return identity.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(final String alias) {
        return identity.privateKey();
    }
}
