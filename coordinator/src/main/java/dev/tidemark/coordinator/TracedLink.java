package dev.tidemark.coordinator;

import dev.tidemark.coordinator.monitor.tracing.Step;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import dev.tidemark.coordinator.view.OriginView;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is handed to gateways says where each operation comes from; waking them and concluding from what they report is on its trace. */
final class TracedLink implements CoordinatorLink {
    private static final Logger LOG = LoggerFactory.getLogger(TracedLink.class);

    private final CoordinatorLink link;
    private final Tracing tracing;
    private final Origins origins;

    TracedLink(CoordinatorLink link, Tracing tracing, Origins origins) {
        this.link = link;
        this.tracing = tracing;
        this.origins = origins;
    }

    @Override
    public Lease claim(HostName host, Claim claim) throws LinkException {
        return link.claim(host, claim);
    }

    @Override
    public Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        Wake wake = link.await(host, cursor, timeLimit);
        return new Wake(
                wake.cursor(), wake.changed().stream().map(this::named).toList(), wake.removed(), wake.lookAt());
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        if (report.results().isEmpty()) {
            try (LogContext _ = LogContext.of(report.machine())) {
                return link.report(report).map(this::named);
            }
        }
        OperationResult result = report.results().getFirst();
        Optional<Origin> origin = origins.of(result.operation()).map(OriginView::origin);
        try (LogContext _ = LogContext.of(report.machine(), result.operation(), origin.flatMap(Origin::request));
                Step step = tracing.step("conclude", origin.flatMap(Origin::traceparent))) {
            step.note("tidemark.outcome", word(result.outcome()));
            Optional<Desired> answer = link.report(report).map(this::named);
            LOG.info("a gateway reports {} at version {}", word(result.outcome()), report.version());
            return answer;
        }
    }

    @Override
    public void progress(Progress progress) {
        link.progress(progress);
    }

    private Desired named(Desired desired) {
        List<OriginView> known = Stream.concat(
                        desired.operation().map(Operation::id).stream(),
                        desired.repositoryOperations().stream().map(RepositoryOperation::id))
                .flatMap(id -> origins.of(id).stream())
                .toList();
        if (known.isEmpty()) {
            return desired;
        }
        known.forEach(view -> woken(desired, view));
        return desired.from(known.stream().map(OriginView::origin).toList());
    }

    private void woken(Desired desired, OriginView view) {
        OperationId operation = view.origin().operation();
        if (origins.isHandedOutFirst(operation)) {
            try (LogContext _ =
                    LogContext.of(desired.machine(), operation, view.origin().request())) {
                tracing.past("wake", view.at(), view.origin().traceparent());
            }
        }
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _ -> "DONE";
            case Outcome.Refused refused -> "REFUSED " + refused.code();
            case Outcome.Unknown _ -> "UNKNOWN";
        };
    }
}
