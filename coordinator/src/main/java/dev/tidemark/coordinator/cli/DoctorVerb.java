package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Discovery;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import dev.tidemark.coordinator.cli.show.Text;
import dev.tidemark.schema.id.HostName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark doctor}: whether this host has what Tidemark needs, and what to do if not. */
@Command(name = "doctor", description = "Checks this host, the coordinator and the machines.")
final class DoctorVerb implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "For the host of a gateway: whether its token is taken there, for this host and for no more.")
    private @Nullable HostName gatewayOf;

    DoctorVerb(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<Check> checks = checks();
        boolean healthy = checks.stream().noneMatch(check -> check.verdict() == Check.Verdict.FAIL);
        ObjectNode document = Arguments.body();
        ArrayNode listed = document.putArray("checks");
        Table table = new Table().column("CHECK").column("VERDICT").column("DETAIL");
        for (Check check : checks) {
            listed.addObject()
                    .put("name", check.name())
                    .put("verdict", check.verdict().name())
                    .put("detail", check.detail())
                    .put("remedy", check.remedy());
            String remedy = check.remedy().isEmpty() ? "" : "; remedy: " + check.remedy();
            table.row(
                    check.name(),
                    check.verdict().name().toLowerCase(Locale.ROOT),
                    Text.harmless(check.detail() + remedy));
        }
        document.put("healthy", healthy);
        session.print(document, new Page().table(table));
        return (healthy ? ExitCode.OK : ExitCode.FAILED).number();
    }

    private List<Check> checks() {
        HostChecks host = new HostChecks(session.terminal().environment("PATH"));
        Path home = session.home();
        Path given = session.globals().tokenFile;
        List<Check> checks = new ArrayList<>();
        checks.add(host.jdk());
        checks.addAll(host.programs());
        checks.add(host.kvm(Path.of("/dev/kvm")));
        checks.add(host.home(home));
        checks.add(host.token(given == null ? home.resolve(Discovery.TOKEN_FILE) : given));
        HostName ofGateway = gatewayOf;
        checks.addAll(
                ofGateway == null
                        ? new ServerChecks(session.coordinator()).all()
                        : new GatewayChecks(session.coordinator(), ofGateway).all());
        return checks;
    }
}
