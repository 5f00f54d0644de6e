package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.DealerOptions;
import io.sluicemq.Proxy;
import io.sluicemq.ProxyStats;
import io.sluicemq.PubSocket;
import io.sluicemq.PublisherOptions;
import io.sluicemq.RepSocket;
import io.sluicemq.RouterOptions;
import io.sluicemq.Socket;
import io.sluicemq.SocketOptions;
import io.sluicemq.SubscriberOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a proxy between two endpoints until a signal. */
@Command(
        name = "proxy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        header = "Carries messages between two endpoints, for peers that come and go.",
        description = {
            "",
            "queue:      clients (req, dealer) at FRONTEND, servers (rep, router) at BACKEND",
            "forwarder:  publishers at FRONTEND, subscribers at BACKEND",
            "streamer:   push at FRONTEND, pull at BACKEND",
            "",
            "Both endpoints are bound, unless said otherwise. Runs until a signal; then says what it has carried.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  sluice proxy tcp://*:5559 tcp://*:5560 --type queue")
final class ProxyCommand implements Callable<Integer> {
    private static final Duration STOP_LINGER = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FRONTEND", description = "endpoint of the first side")
    private String frontendEndpoint;

    @Parameters(index = "1", paramLabel = "BACKEND", description = "endpoint of the second side")
    private String backendEndpoint;

    @Option(names = "--type", paramLabel = "TYPE", description = "${COMPLETION-CANDIDATES}: as above (default queue)")
    private Type type = Type.queue;

    @Option(names = "--connect-frontend", description = "connect the first side instead of binding it")
    private boolean connectFrontend;

    @Option(names = "--connect-backend", description = "connect the second side instead of binding it")
    private boolean connectBackend;

    @Option(
            names = "--capture",
            paramLabel = "ENDPOINT",
            description = "publish a copy of each message there: sluice sub --connect ENDPOINT --frames shows them")
    private String captureEndpoint;

    @Option(
            names = "--control",
            paramLabel = "ENDPOINT",
            description = "obey PAUSE, RESUME, TERMINATE and STATISTICS of a req there")
    private String controlEndpoint;

    @Mixin
    private Encryption encryption;

    /** Those of options that were left out are null. */
    private List<String> endpoints() {
        return Arrays.asList(frontendEndpoint, backendEndpoint, captureEndpoint, controlEndpoint);
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        final ContextOptions contextOptions =
                encryption.contextOptions(this::say, endpoints()).build();
        try (Context context = Context.create(contextOptions)) {
            final Socket frontend = frontend(context, options("frontend"));
            final Socket backend = backend(context, options("backend"));
            attach("frontend", frontend, frontendEndpoint, connectFrontend);
            attach("backend", backend, backendEndpoint, connectBackend);
            final Proxy.Builder builder = Proxy.builder(frontend, backend);
            if (captureEndpoint != null) {
                final PubSocket capture = context.pub();
                attach("capture", capture, captureEndpoint, false);
                builder.capture(capture);
            }
            if (controlEndpoint != null) {
                final RepSocket control = context.rep();
                attach("control", control, controlEndpoint, false);
                builder.control(control);
            }
            final Proxy proxy = builder.build();
            return Lifetime.run(proxy::stop, () -> {
                proxy.run();
                context.close(STOP_LINGER);
                tell(proxy.statistics());
                return ExitCodes.OK;
            });
        }
    }

    private SocketOptions options(final String side) {
        return SocketOptions.builder()
                .listener(new ConnectTeller(text -> say(side + ' ' + text)))
                .build();
    }

    private Socket frontend(final Context context, final SocketOptions options) {
        return switch (type) {
            case queue -> context.router(options, RouterOptions.DEFAULTS);
            case forwarder -> context.xsub(options, SubscriberOptions.DEFAULTS);
            case streamer -> context.pull(options);
        };
    }

    private Socket backend(final Context context, final SocketOptions options) {
        return switch (type) {
            case queue -> context.dealer(options, DealerOptions.DEFAULTS);
            case forwarder -> context.xpub(options, PublisherOptions.DEFAULTS);
            case streamer -> context.push(options);
        };
    }

    private void attach(final String side, final Socket socket, final String endpoint, final boolean connect) {
        if (connect) {
            socket.connect(endpoint);
            say(side + " connects to " + endpoint);
        } else {
            say(side + " listening on " + encryption.bind(socket, endpoint));
        }
    }

    private void tell(final ProxyStats stats) {
        say("carried " + stats.frontendMessages() + " messages (" + stats.frontendBytes() + " B) to the backend, "
                + stats.backendMessages() + " messages (" + stats.backendBytes() + " B) to the frontend");
    }

    private void say(final String text) {
        final PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + text);
    }

    /** Named as users write them. */
    enum Type {
        queue,
        forwarder,
        streamer
    }
}
