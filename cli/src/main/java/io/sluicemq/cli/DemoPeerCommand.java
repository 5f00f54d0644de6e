package io.sluicemq.cli;

import io.sluicemq.Context;
import io.sluicemq.ContextOptions;
import io.sluicemq.transport.tls.TlsOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The second JVM of the demo; see {@link ProcessHelper}. */
@Command(name = DemoPeerCommand.NAME, hidden = true, header = "The second process of a demo; not to be called by hand.")
final class DemoPeerCommand implements Callable<Integer> {
    static final String NAME = "demo-peer";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHA256", description = "fingerprint of the first process's certificate")
    private String fingerprint;

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The answer tells of the failure.
    public Integer call() throws IOException {
        final TlsOptions tls =
                TlsOptions.builder().pinnedFingerprint(fingerprint).build();
        try (Context context =
                        Context.create(ContextOptions.builder().transport(tls).build());
                ThreadHelper roles = new ThreadHelper(context)) {
            final BufferedReader requests =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                final String[] parts = line.split(" ", 2);
                roles.start(parts[1].split(" ")).whenComplete((text, failure) -> answer(parts[0], text, failure));
            }
        }
        return ExitCodes.OK;
    }

    private void answer(final String id, final String text, final Throwable failure) {
        final PrintWriter out = spec.commandLine().getOut();
        synchronized (this) {
            out.println(failure == null ? id + " ok " + text : id + " failed " + failure.getMessage());
            out.flush();
        }
    }
}
