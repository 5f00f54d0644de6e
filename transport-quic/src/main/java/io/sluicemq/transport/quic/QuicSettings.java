package io.sluicemq.transport.quic;

import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.tls.TlsOptions;

/** What a socket wants of its connections. */
record QuicSettings(QuicOptions options, TlsOptions tls) {
    static QuicSettings of(final PipeEnd end) {
        return new QuicSettings(
                end.options().transportOptions(QuicOptions.class, QuicOptions.DEFAULTS),
                end.options().transportOptions(TlsOptions.class, TlsOptions.DEFAULTS));
    }
}
