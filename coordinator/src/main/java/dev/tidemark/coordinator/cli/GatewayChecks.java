package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.schema.id.HostName;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the doctor hears about a gateway's credential: it should open what is its host's, and nothing else. */
final class GatewayChecks {
    private static final String NAME = "gateway";

    private final Coordinator coordinator;
    private final HostName host;

    GatewayChecks(Coordinator coordinator, HostName host) {
        this.coordinator = coordinator;
        this.host = host;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        try {
            JsonNode desired = coordinator.get(RequestPath.v1("gateways", host.value(), "desired"));
            checks.add(Check.ok(
                    NAME,
                    "the coordinator takes the credential for " + host + ", with machines: "
                            + Cell.list(desired, "changed").size()));
        } catch (Failure failure) {
            checks.add(Check.fail(NAME, failure.detail(), failure.remedy()));
            return checks;
        }
        checks.add(might());
        return checks;
    }

    private Check might() {
        String name = "credential";
        try {
            coordinator.get(RequestPath.v1("vms"));
            return Check.warn(
                    name,
                    "it may do more than a gateway needs: whoever takes this host over has every machine's backups",
                    "tidemark token create gw-" + host + " --role gateway --host " + host);
        } catch (Failure failure) {
            return failure.exitCode() == ExitCode.DENIED
                    ? Check.ok(name, "it is for this host alone")
                    : Check.fail(name, failure.detail(), failure.remedy());
        }
    }
}
