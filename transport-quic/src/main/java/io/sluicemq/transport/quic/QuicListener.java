package io.sluicemq.transport.quic;

import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.sluicemq.transport.Endpoint;
import io.sluicemq.transport.PipeAcceptor;
import io.sluicemq.transport.PipeEnd;
import io.sluicemq.transport.TransportDriver;
import io.sluicemq.transport.stream.IpAddress;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bound endpoint: the listener of a {@link QuicPort}. */
final class QuicListener implements TransportDriver.BoundEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(QuicListener.class);

    private final QuicDriver driver;
    private final PipeAcceptor acceptor;
    private final TlsOptions tlsOptions;
    private final QuicOptions options;
    private Endpoint endpoint;
    private QuicPort port;
    private final boolean early;
    private TlsContext ssl;
    private boolean refreshing;

    /**
     * Makes the context of TLS, whose files were read when the options were made.
     *
     * @throws IOException when that is not possible.
     */
    QuicListener(final QuicDriver driver, final PipeAcceptor acceptor, final TlsOptions tlsOptions) throws IOException {
        this.driver = driver;
        this.acceptor = acceptor;
        this.tlsOptions = tlsOptions;
        this.options = acceptor.transportOptions(QuicOptions.class, QuicOptions.DEFAULTS);
        this.early = options.earlyData()
                && acceptor.takesEarly()
                && tlsOptions.clientAuthentication() == TlsOptions.ClientAuthentication.NONE;
        this.ssl =
                driver.tls().context(tlsOptions, false, early, driver.context().nowNs());
    }

    QuicOptions options() {
        return options;
    }

    /** What only this listener has, and still has when it is started again. */
    byte[] secret() throws IOException {
        return ResetTokens.secretOf(
                tlsOptions.managers(driver.context().nowNs()).key());
    }

    void listenOn(final QuicPort where) {
        port = where;
        endpoint = new Endpoint(QuicTransport.SCHEME, IpAddress.format(where.address()));
        where.listener(this);
    }

    @Override
    public Endpoint endpoint() {
        return endpoint;
    }

    /** For the connection that begins. Files that have changed hold for the ones after it. */
    QuicSslEngine newEngine(final QuicChannel channel) {
        if (!refreshing) {
            refreshing = true;
            final long nowNs = driver.context().nowNs();
            try {
                driver.context().handshakes().execute(() -> refresh(nowNs));
            } catch (final RejectedExecutionException e) {
                LOG.debug("{}: certificates are not looked at again, as the context is closing", endpoint);
            }
        }
        return ssl.accept(channel.alloc(), driver.context().nowNs());
    }

    /** On a thread that may block. */
    private void refresh(final long nowNs) {
        TlsContext found = null;
        try {
            found = driver.tls().context(tlsOptions, false, early, nowNs);
        } catch (final IOException e) {
            LOG.error("{}: changed certificates are not used: {}", endpoint, e.getMessage());
        }
        final TlsContext next = found;
        driver.context().agent().execute(() -> {
            refreshing = false;
            ssl = next == null ? ssl : next;
        });
    }

    /** Returns the connection of one who comes, which then is told of its channel, or null to turn it away. */
    QuicConnection accept(final QuicPort at, final String from, final QuicChannel channel) {
        final PipeEnd end = acceptor.accept(from);
        if (end == null) {
            return null;
        }
        final QuicConnection made =
                new QuicConnection(driver, false, from, new ConnectionSettings(options, tlsOptions), at);
        made.start(end);
        channel.pipeline().addLast(made);
        if (early) {
            if (acceptor.takesEarlyMessages()) {
                made.earlyRequests().take();
            }
            channel.pipeline()
                    .addLast(new EarlyListening(driver, made, end.options().handshakeTimeoutNs()));
        }
        return made;
    }

    @Override
    public void close() {
        driver.enter();
        port.listener(null);
        driver.remove(this);
    }
}
