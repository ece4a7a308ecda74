package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.ledger.LedgerException;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.view.StorageUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Nobody is told that he was turned down before that is on record. */
public final class ActKeeping {
    private static final Logger LOG = LoggerFactory.getLogger(ActKeeping.class);
    private static final int SERVER_ERROR = 500;

    private ActKeeping() {}

    /** The problem once it is recorded, or the one that this could not be. */
    public static Problem recorded(Problem problem) {
        ActTrail trail = ActTrail.current().orElse(null);
        if (trail == null) {
            return problem;
        }
        try {
            trail.turnedDown(problem.status(), problem.code(), problem.detail());
            return problem;
        } catch (LedgerException | StorageUnavailable failure) {
            if (problem.status() >= SERVER_ERROR) {
                // Nothing was done, and the answer says why: for the same reason, as a rule.
                LOG.debug("{} is not recorded", problem.code(), failure);
                return problem;
            }
            LOG.warn("{} could not be recorded: {}", problem.code(), failure.getMessage());
            return Problem.of(
                    503,
                    "ACT_NOT_RECORDED",
                    "what was asked for is not done, and the record of that cannot be written",
                    "Nothing was changed. Check the database, then ask again.");
        }
    }

    /** What was carried out and changed something has a record by now; if it changed nothing that keeps one, it gets it here. */
    static void carriedOut() {
        ActTrail.current().ifPresent(trail -> {
            try {
                trail.carriedOut();
            } catch (LedgerException | StorageUnavailable failure) {
                LOG.error("a request that changed nothing is not recorded: {}", trail.origin(), failure);
            }
        });
    }
}
