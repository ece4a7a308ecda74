package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a verb's options come from that are not on its command line. Read before the verb is called: see {@link ConfiguredRun}. */
class ConfigurationOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Options that are not given here: TIDEMARK_CONFIG, else /etc/tidemark/tidemark.yaml if it is there."
                            + " Each can also be a variable, as TIDEMARK_PORT; what is given here counts, then variables, then the file.")
    @Nullable
    Path file;

    @Option(
            names = "--show-config",
            description = "Show what all options are set to, and where that was said; do nothing.")
    boolean show;
}
