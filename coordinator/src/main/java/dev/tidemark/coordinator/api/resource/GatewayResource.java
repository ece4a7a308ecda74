package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.GatewayView;
import dev.tidemark.coordinator.api.edge.Permits;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/gateways}: the contract of {@code schema}, for a gateway on another hypervisor. It hears of that host's machines and is
 * believed about them alone: whoever has taken over one hypervisor must not write another's history.
 */
@RestController
public final class GatewayResource implements AutoCloseable {
    private final Engine engine;
    private final Queries queries;
    private final WaitingGateways waiting = new WaitingGateways();

    public GatewayResource(Engine engine, Queries queries) {
        this.engine = engine;
        this.queries = queries;
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record AfterReport(@Nullable Desired desired) {}

    record Gateways(List<GatewayView> gateways) {}

    /** Who is kept to some machines is told of the hosts that these are on: which others there are is not his to know. */
    @GetMapping("/v1/gateways")
    Gateways gateways() {
        List<GatewayView> all = engine.gateways();
        return new Gateways(Callers.current()
                .scope()
                .restriction()
                .map(queries::hosts)
                .map(reached -> all.stream()
                        .filter(gateway -> reached.contains(gateway.host()))
                        .toList())
                .orElse(all));
    }

    @PostMapping("/v1/gateways/{host}/lease")
    Lease lease(@PathVariable("host") HostName host, @RequestBody Claim claim) throws LinkException {
        Permits.requireSpeaker(host);
        return engine.gatewayLink().claim(host, claim);
    }

    @GetMapping("/v1/gateways/{host}/desired")
    CoordinatorLink.Wake desired(
            @PathVariable("host") HostName host,
            @RequestParam(value = "cursor", defaultValue = "") String cursor,
            @RequestParam(value = "wait", defaultValue = "0") QueryNumber wait)
            throws LinkException, InterruptedException {
        Permits.requireSpeaker(host);
        return waiting.until(() -> engine.gatewayLink().await(host, cursor, OperationResource.waitingTime(wait)));
    }

    /** Those that wait are answered that the coordinator stops, and so are those that ask from now on. */
    @Override
    public void close() {
        waiting.letGo();
    }

    @PostMapping("/v1/gateways/{host}/reports")
    AfterReport report(@PathVariable("host") HostName host, @RequestBody Report report) throws LinkException {
        Permits.requireSpeaker(host);
        requireOn(host, report.machine());
        return new AfterReport(engine.gatewayLink().report(report).orElse(null));
    }

    @PostMapping("/v1/gateways/{host}/progress")
    Nothing progress(@PathVariable("host") HostName host, @RequestBody Progress progress) {
        Permits.requireSpeaker(host);
        requireOn(host, progress.machine());
        requireOf(progress.machine(), progress.operation());
        engine.gatewayLink().progress(progress);
        return Nothing.INSTANCE;
    }

    /** A machine of another host is not there; nor is one of which the log knows nothing, for a caller that has one host only. */
    private void requireOn(HostName host, MachineId machine) {
        Optional<HostName> registered = engine.host(machine);
        boolean unheardOf = registered.isEmpty() && Callers.current().host().isEmpty();
        if (!unheardOf && !registered.equals(Optional.of(host))) {
            throw Refusal.notFound(
                    "VM_NOT_FOUND",
                    "there is no vm '" + machine + "' on this host",
                    "A gateway reports what it was handed for its own host, and nothing else.");
        }
    }

    /** Progress is kept by the operation: said of a machine that it is not of, it would be another's. */
    private void requireOf(MachineId machine, OperationId operation) {
        boolean strange = queries.operation(operation)
                .map(known -> !known.vmId().equals(machine.value()))
                .orElse(false);
        if (strange) {
            throw Refusal.notFound(
                    "OPERATION_NOT_FOUND",
                    "the vm has no operation '" + operation + "'",
                    "A gateway tells of operations that it was handed.");
        }
    }
}
