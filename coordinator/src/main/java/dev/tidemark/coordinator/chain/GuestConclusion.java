package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/**
 * What a gateway did to the guest. It is true whatever the log has become meanwhile, so that no version is asked for; told twice, it
 * leads to nothing the second time.
 */
final class GuestConclusion {
    private static final Moment NOT_SEEN = Moment.crashBecause(
            "nobody saw the guest thaw after the moment, so that it may not have been frozen at it");

    private GuestConclusion() {}

    static void conclude(Unfolding unfolding, GuestReport report, Instant at) {
        Machine now = unfolding.now();
        switch (report) {
            case GuestReport.Freezing(var operation) -> {
                boolean wanted = now.pending()
                        .filter(pending -> pending.operation().equals(operation) && pending.mayFreeze())
                        .isPresent();
                boolean free = now.freeze().filter(Freeze::isOpen).isEmpty();
                if (wanted && free) {
                    unfolding.append(new GuestFreezeBegun(now.id(), operation, at));
                }
            }
            case GuestReport.Thawed(var operation, var moment) -> {
                if (now.freeze()
                        .filter(freeze -> freeze.isOpen() && freeze.isOf(operation))
                        .isPresent()) {
                    unfolding.append(new GuestThawed(now.id(), operation, moment, at));
                }
            }
        }
    }

    /** What the moment of an operation is worth, if its transaction was executed. */
    static Moment moment(Machine machine, OperationId operation, boolean quiesce) {
        if (!quiesce) {
            return Moment.CRASH;
        }
        return machine.freeze()
                .filter(freeze -> freeze.isOf(operation))
                .flatMap(Freeze::moment)
                .orElse(NOT_SEEN);
    }
}
