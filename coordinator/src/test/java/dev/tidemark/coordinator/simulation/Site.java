package dev.tidemark.coordinator.simulation;

import static dev.tidemark.coordinator.simulation.Fault.CONFLICT;
import static dev.tidemark.coordinator.simulation.Fault.CUT_AFTER;
import static dev.tidemark.coordinator.simulation.Fault.CUT_BEFORE;
import static dev.tidemark.coordinator.simulation.Fault.LATE;
import static dev.tidemark.coordinator.simulation.Fault.LOST_AFTER;
import static dev.tidemark.coordinator.simulation.Fault.LOST_BEFORE;
import static dev.tidemark.coordinator.simulation.Fault.REFUSED;
import static dev.tidemark.coordinator.simulation.Fault.TWICE;
import static dev.tidemark.coordinator.simulation.Fault.UNUSABLE;

import java.util.List;

/** Every call that leaves a process, and what may befall it. */
@SuppressWarnings("ImmutableEnumChecker") // a copied list is immutable
enum Site {
    CONNECT(REFUSED, LOST_BEFORE),
    LOOK(LOST_BEFORE, CUT_BEFORE, UNUSABLE),
    JOBS(LOST_BEFORE, CUT_BEFORE, UNUSABLE),
    RUN(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    OPEN_FILE(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    OPEN_TARGET(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    OPEN_SCRATCH(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    START_SERVER(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    STOP_SERVER(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    EXPORT(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    OPEN_CANARY(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    WRITE_CANARY(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    ASK_CANARY(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    FLUSH(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    CLOSE_NODE(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    LIMIT(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    CANCEL(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    DISMISS(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    END_EXPORT(REFUSED, LOST_BEFORE, LOST_AFTER, LATE, CUT_BEFORE, CUT_AFTER),
    ASK_GUEST(LOST_BEFORE),
    FREEZE(REFUSED, LOST_BEFORE, LOST_AFTER, LATE),
    THAW(REFUSED, LOST_BEFORE, LOST_AFTER),
    PARTIALS(LOST_BEFORE),
    DISCARD(LOST_BEFORE, LOST_AFTER),
    COMPLETED(LOST_BEFORE),
    BEGIN(LOST_BEFORE, LOST_AFTER),
    PARTIAL(LOST_BEFORE),
    BEGIN_SCRATCH(LOST_BEFORE, LOST_AFTER),
    SCRATCH(LOST_BEFORE),
    SOCKET(LOST_BEFORE),
    ROOM(LOST_BEFORE, REFUSED),
    COMPLETE(LOST_BEFORE, LOST_AFTER),
    ERRAND(REFUSED),
    REPORT(LOST_BEFORE, LOST_AFTER, TWICE),
    WAKE(LOST_BEFORE, LOST_AFTER),
    SUBMIT(LOST_BEFORE, LOST_AFTER, TWICE),
    APPEND(LOST_BEFORE, LOST_AFTER, CONFLICT),
    CRASH_POINT();

    private final List<Fault> faults;

    Site(Fault... faults) {
        this.faults = List.of(faults);
    }

    List<Fault> faults() {
        return faults;
    }
}
