package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;

/**
 * The last time that the guest's file systems were to be frozen.
 *
 * @param moment what a transaction at that time is worth; empty as long as nobody saw the guest thawed: then it may be frozen still
 */
public record Freeze(OperationId operation, Optional<Moment> moment) {
    boolean isOpen() {
        return moment.isEmpty();
    }

    boolean isOf(OperationId other) {
        return operation.equals(other);
    }
}
