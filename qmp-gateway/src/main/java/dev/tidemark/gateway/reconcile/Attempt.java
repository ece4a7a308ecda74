package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was tried for one operation in this process, so that trying has an end. Losing it costs some more tries, nothing else. */
final class Attempt {
    /** Looks that may show something else than the operation was planned for. */
    static final int ROUNDS_MAX = 5;

    /** Sends without an answer; each is followed by a look that shows no effect. */
    static final int SENDS_MAX = 3;

    /** Tries to take a concluded backup out of QEMU before it is told all the same. */
    static final int PUT_AWAYS_MAX = 3;

    final OperationId operation;
    int rounds;
    int sends;
    int putAways;
    Optional<Refused> refusal = Optional.empty();

    /** QEMU refused the transaction with canaries in it; perhaps it takes it without. */
    boolean withoutCanaries;

    /** QEMU refused to say whether a bitmap lost bits; the look that followed showed no reason. */
    boolean askedInVain;

    @Nullable
    String unanswered;

    private Attempt(OperationId operation) {
        this.operation = operation;
    }

    static Attempt at(@Nullable Attempt former, Operation operation) {
        return former != null && former.operation.equals(operation.id()) ? former : new Attempt(operation.id());
    }
}
