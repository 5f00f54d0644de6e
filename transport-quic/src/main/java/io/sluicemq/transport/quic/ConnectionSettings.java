package io.sluicemq.transport.quic;

import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.tls.TlsOptions;

/** What a socket wants of its connections. */
record ConnectionSettings(QuicOptions options, TlsOptions tls) {
    static ConnectionSettings of(final PipeEnd end) {
        return new ConnectionSettings(
                end.options().transportOptions(QuicOptions.class, QuicOptions.DEFAULTS),
                end.options().transportOptions(TlsOptions.class, TlsOptions.DEFAULTS));
    }
}
