package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.Discovery;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.show.Output;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.schema.tls.ClientTls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One invocation: its streams, its global options, and its coordinator once a verb needs it. */
final class Session {
    static final String USAGE_CODE = "USAGE";

    private final Terminal terminal;
    private final GlobalOptions globals;
    private @Nullable Coordinator coordinator;

    Session(Terminal terminal, GlobalOptions globals) {
        this.terminal = terminal;
        this.globals = globals;
    }

    Terminal terminal() {
        return terminal;
    }

    GlobalOptions globals() {
        return globals;
    }

    /** Asked for after parsing: before, the format is not known. */
    Output output() {
        return new Output(terminal, globals.format);
    }

    Path home() {
        if (globals.home != null) {
            return globals.home;
        }
        String fromEnvironment = terminal.environment("TIDEMARK_HOME");
        return fromEnvironment.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "share", "tidemark")
                : Arguments.absolute(fromEnvironment);
    }

    Discovery discovery() {
        String fromEnvironment = terminal.environment("TIDEMARK_URL");
        String url = globals.url == null && !fromEnvironment.isEmpty() ? fromEnvironment : globals.url;
        return new Discovery(home(), url, globals.tokenFile, tls());
    }

    /** Whom to believe, and what to show. */
    ClientTls tls() {
        Path certificate = globals.clientCertificate;
        Path key = globals.clientKey;
        if ((certificate == null) != (key == null)) {
            throw misuse("--client-certificate and --client-key belong together");
        }
        if (certificate != null && globals.tokenFile != null) {
            throw misuse("a request shows a token or a certificate: give --token-file or --client-certificate");
        }
        Optional<ClientTls.Own> own = certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new ClientTls.Own(certificate, key));
        Path inHome = home().resolve(Discovery.AUTHORITY_FILE);
        Path given = globals.authority;
        Optional<Path> authority =
                given != null ? Optional.of(given) : Files.exists(inHome) ? Optional.of(inHome) : Optional.empty();
        return new ClientTls(authority, own);
    }

    /** Once the command is through. */
    void disconnect() {
        Coordinator known = coordinator;
        if (known != null) {
            known.disconnect();
        }
    }

    Coordinator coordinator() {
        Coordinator known = coordinator;
        if (known == null) {
            known = new Coordinator(discovery(), terminal.environment("TRACEPARENT"));
            coordinator = known;
        }
        return known;
    }

    /** Prints a result and ends well. */
    int print(JsonNode document, Page page) {
        output().print(document, page);
        return ExitCode.OK.number();
    }

    /** A mistake in the arguments that only shows when they are seen together. */
    static Failure misuse(String detail) {
        return Failure.local(ExitCode.USAGE, USAGE_CODE, detail, "");
    }
}
