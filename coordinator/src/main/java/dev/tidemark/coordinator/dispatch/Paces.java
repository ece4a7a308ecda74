package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** How far everything is that has not ended, as gateways told it last. Of very many the one that was told of first is forgotten. */
final class Paces {
    private static final int OPERATIONS_MAX = 4096;

    private final Map<OperationId, Pace> paces = new LinkedHashMap<>();

    void told(Progress step, long nowNanoseconds) {
        Pace pace = paces.get(step.operation());
        if (pace == null) {
            paces.put(step.operation(), new Pace(step, nowNanoseconds));
        } else {
            pace.add(step, nowNanoseconds);
        }
        if (paces.size() > OPERATIONS_MAX) {
            paces.remove(paces.keySet().iterator().next());
        }
    }

    List<OperationId> operations() {
        return List.copyOf(paces.keySet());
    }

    Optional<Progress> last(OperationId operation) {
        return Optional.ofNullable(paces.get(operation)).map(Pace::last);
    }

    Optional<Duration> toldAgo(OperationId operation, long nowNanoseconds) {
        return Optional.ofNullable(paces.get(operation)).map(pace -> pace.toldAgo(nowNanoseconds));
    }

    int stalled() {
        return (int) paces.values().stream()
                .filter(pace -> pace.last().stall().isPresent())
                .count();
    }

    OptionalLong bytesPerSecond(OperationId operation, long nowNanoseconds) {
        Pace pace = paces.get(operation);
        return pace == null ? OptionalLong.empty() : pace.bytesPerSecond(nowNanoseconds);
    }

    void forgetEnded(Machine before, Machine now) {
        Set<OperationId> open = operations(now);
        operations(before).stream()
                .filter(operation -> !open.contains(operation))
                .forEach(paces::remove);
    }

    static boolean isOpen(Machine machine, OperationId operation) {
        return operations(machine).contains(operation);
    }

    private static Set<OperationId> operations(Machine machine) {
        Set<OperationId> open = new HashSet<>();
        machine.pending().ifPresent(pending -> open.add(pending.operation()));
        machine.errands().forEach(errand -> open.add(errand.operation().id()));
        return open;
    }
}
