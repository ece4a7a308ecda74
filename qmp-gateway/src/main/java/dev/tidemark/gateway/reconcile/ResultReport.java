package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.MachineId;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the coordinator what became of something that needs no look at QEMU. */
final class ResultReport {
    private static final Logger LOG = LoggerFactory.getLogger(ResultReport.class);
    private static final Duration DELAY_MIN = Duration.ofMillis(200);
    private static final Duration DELAY_MAX = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final Signals signals;

    ResultReport(Surroundings surroundings, Signals signals) {
        this.surroundings = surroundings;
        this.signals = signals;
    }

    /** Until it is recorded: an outcome that took hours is not thrown away for a coordinator that restarts. */
    void untilRecorded(MachineId machine, OperationResult result) throws InterruptedException {
        Duration delay = DELAY_MIN;
        while (!once(machine, result)) {
            surroundings.clockwork().sleep(delay);
            delay = longer(delay);
        }
    }

    /** Whether it is recorded. */
    boolean once(MachineId machine, OperationResult result) {
        try {
            Report report = new Report(machine, signals.desired().version(), new Sight.NotTaken(), List.of(result));
            surroundings.crash().at(CrashPoint.BEFORE_REPORT);
            surroundings.link().report(report).ifPresent(signals::offer);
            surroundings.crash().at(CrashPoint.AFTER_REPORT);
            return true;
        } catch (LinkException unreachable) {
            LOG.warn(
                    "what became of {}: the coordinator could not be told: {}",
                    result.operation(),
                    unreachable.getMessage());
            return false;
        }
    }

    static Duration longer(Duration delay) {
        return delay.compareTo(DELAY_MAX) < 0 ? delay.multipliedBy(2) : DELAY_MAX;
    }
}
