package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.TargetPrefix;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a gateway may write that is no file. */
class TargetOption {
    @Option(
            names = "--allow-target",
            paramLabel = "PREFIX",
            description =
                    "Devices and NBD servers that may be written: /dev/PATH, nbd+unix:/DIR or nbd://HOST:PORT; may be repeated.")
    private List<TargetPrefix> prefixes = List.of();

    List<TargetPrefix> prefixes() {
        return List.copyOf(prefixes);
    }
}
