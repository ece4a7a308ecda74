package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/operations}. */
@RestController
public final class OperationResource {
    static final int WAIT_SECONDS_MAX = 60;

    private final Operations operations;

    public OperationResource(Operations operations) {
        this.operations = operations;
    }

    @GetMapping("/v1/operations/{operation}")
    OperationView show(
            @PathVariable("operation") OperationId operation,
            @RequestParam(value = "wait", defaultValue = "0") QueryNumber wait)
            throws InterruptedException {
        return operations
                .await(operation, waitingTime(wait))
                .orElseThrow(() -> Refusal.notFound(
                        "OPERATION_NOT_FOUND",
                        "there is no operation " + operation,
                        "See the vm's operations for the ids."));
    }

    static Duration waitingTime(QueryNumber seconds) {
        return Duration.ofSeconds(seconds.between(0, WAIT_SECONDS_MAX, "wait"));
    }
}
