package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.ledger.RecordReader;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/audit}: the log as it is stored, for whoever does not want to take our word for it. */
@RestController
public final class AuditResource {
    private static final int PAGE_MAX = 1_000;

    private final RecordReader records;

    public AuditResource(RecordReader records) {
        this.records = records;
    }

    record Records(List<LogRecord> records) {}

    @GetMapping("/v1/audit/records")
    Records records(
            @RequestParam(value = "after", defaultValue = "0") QueryNumber after,
            @RequestParam(value = "limit", defaultValue = "100") QueryNumber limit) {
        return new Records(records.page(after.value(), limit.between(1, PAGE_MAX, "limit")));
    }
}
