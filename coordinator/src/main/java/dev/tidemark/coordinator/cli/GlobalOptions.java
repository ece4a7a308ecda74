package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What every verb takes. */
class GlobalOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "How results are written: table, json or yaml.")
    OutputFormat format = OutputFormat.TABLE;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The coordinator's home: TIDEMARK_HOME, else ~/.local/share/tidemark.")
    @Nullable
    Path home;

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description =
                    "The coordinator's address, or several with commas between them: TIDEMARK_URL, else server.json in its home.")
    @Nullable
    String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The token to show; else admin.token in the home.")
    @Nullable
    Path tokenFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Who signs an https coordinator's certificate; else ca.pem in the home, else the system's.")
    @Nullable
    Path authority;

    @Option(
            names = "--client-certificate",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The certificate to show, in place of a token.")
    @Nullable
    Path clientCertificate;

    @Option(
            names = "--client-key",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The key to it, for its owner only.")
    @Nullable
    Path clientKey;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;
}
