package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/gateways}: the contract of {@code schema}, for a gateway on another hypervisor. */
@RestController
public final class GatewayResource {
    private final Engine engine;

    public GatewayResource(Engine engine) {
        this.engine = engine;
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record AfterReport(@Nullable Desired desired) {}

    @GetMapping("/v1/gateways/{host}/desired")
    CoordinatorLink.Wake desired(
            @PathVariable("host") HostName host,
            @RequestParam(value = "cursor", defaultValue = "") String cursor,
            @RequestParam(value = "wait", defaultValue = "0") QueryNumber wait)
            throws LinkException, InterruptedException {
        return engine.gatewayLink().await(host, cursor, OperationResource.waitingTime(wait));
    }

    @PostMapping("/v1/gateways/{host}/reports")
    AfterReport report(@PathVariable("host") HostName host, @RequestBody Report report) throws LinkException {
        return new AfterReport(engine.gatewayLink().report(report).orElse(null));
    }

    @PostMapping("/v1/gateways/{host}/progress")
    Nothing progress(@PathVariable("host") HostName host, @RequestBody Progress progress) {
        engine.gatewayLink().progress(progress);
        return Nothing.INSTANCE;
    }
}
