package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.Outcome.Refused;
import java.util.Optional;

/** Why a backup is to end, once there is a reason. The first counts; what follows from it is noise. */
final class Verdict {
    private Optional<Refused> first = Optional.empty();

    void condemn(Refused refused) {
        if (first.isEmpty()) {
            first = Optional.of(refused);
        }
    }

    Optional<Refused> refused() {
        return first;
    }

    boolean isSpoken() {
        return first.isPresent();
    }
}
