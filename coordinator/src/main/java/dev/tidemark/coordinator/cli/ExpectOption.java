package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Expected;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.MachineName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** On what somebody has decided: he is not to act on what he has not seen. */
final class ExpectOption {
    @Option(
            names = "--expect",
            paramLabel = "VERSION",
            description =
                    "Only if the machine's log is still at this version, which chain show tells; else 4, and nothing"
                            + " is done.")
    private @Nullable Long version;

    boolean isGiven() {
        return version != null;
    }

    /** What the machine has to be: this very one, whatever will be called so meanwhile. */
    Expected of(Session session, MachineName vm) {
        if (version == null) {
            return Expected.NOTHING;
        }
        if (version < 0) {
            throw Session.misuse("--expect takes the version of a log, which is not negative");
        }
        String id = session.coordinator()
                .get(RequestPath.v1("vms", vm.value()))
                .path("id")
                .asString("");
        return Expected.tag("\"" + id + "-" + version + "\"");
    }
}
