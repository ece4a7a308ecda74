package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.gateway.trail.WorkWatch;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operation for which a reconciler's thread works, from the round in which it turns to it until it turns to another one or to none. */
final class Errands implements AutoCloseable {
    private final WorkWatch watch;
    private @Nullable OperationId current;
    private @Nullable LogContext lines;
    private WorkWatch.Errand errand = WorkWatch.Errand.NONE;

    Errands(WorkWatch watch) {
        this.watch = watch;
    }

    /** What comes now is for this one. */
    void turnTo(Desired desired, Optional<Operation> operation) {
        OperationId next = operation.map(Operation::id).orElse(null);
        if (next == null ? current == null : next.equals(current)) {
            return;
        }
        close();
        operation.ifPresent(asked -> {
            current = asked.id();
            Optional<Origin> origin = desired.origin(asked.id());
            lines = LogContext.of(desired.machine(), asked.id(), origin.flatMap(Origin::request));
            errand = watch.begin(kind((Record) asked), origin);
        });
    }

    /** It has come to this. */
    void came(Outcome outcome) {
        errand.came(word(outcome));
    }

    /** It works for nothing in particular. */
    @Override
    public void close() {
        errand.close();
        errand = WorkWatch.Errand.NONE;
        if (lines != null) {
            lines.close();
            lines = null;
        }
        current = null;
    }

    /** What an operation is called, {@code PushBackup}. */
    static String kind(Record operation) {
        return operation.getClass().getSimpleName().replaceFirst("Operation$", "");
    }

    /** What it came to. */
    static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done _ -> "DONE";
            case Outcome.Refused refused -> "REFUSED " + refused.code();
            case Outcome.Unknown _ -> "UNKNOWN";
        };
    }
}
