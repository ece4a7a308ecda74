package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps those restore points served that the log says are, each by a thread of its own, and no others: what an earlier gateway left is
 * served again, or ended.
 */
final class ExportRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ExportRunner.class);
    private static final Duration STOP_TIME_MAX = Duration.ofMillis(1_500);

    private final Surroundings surroundings;
    private final Signals signals;
    private final ResultReport reports;
    private final Map<OperationId, Serving> served = new HashMap<>();
    private final Set<OperationId> ended = new HashSet<>();
    private boolean begun;
    private long version;

    ExportRunner(Surroundings surroundings, Signals signals, ResultReport reports) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.reports = reports;
    }

    /** Begins to serve what is to be served, and has end what is not. */
    synchronized void run(Desired desired) {
        // An older desired state may not know yet of what a newer one has had opened.
        if (signals.isStopped() || desired.version() < version) {
            return;
        }
        version = desired.version();
        Map<OperationId, RepositoryOperation> wanted = new LinkedHashMap<>();
        desired.repositoryOperations().stream()
                .filter(RepositoryRunner::isExport)
                .forEach(operation -> wanted.put(operation.id(), operation));
        if (!begun) {
            Set<OperationId> kept = new HashSet<>(wanted.keySet());
            // Those end by themselves.
            kept.addAll(served.keySet());
            begun = endOthersThan(kept, desired.machine());
        }
        // What is no longer asked for need not be remembered.
        ended.retainAll(wanted.keySet());
        served.forEach((id, serving) -> {
            if (!wanted.containsKey(id)) {
                serving.forget();
            }
        });
        for (RepositoryOperation export : wanted.values()) {
            Serving serving = served.get(export.id());
            if (serving != null) {
                serving.tell(export);
            } else if (!ended.contains(export.id())) {
                Serving begins = new Serving(
                        surroundings, reports, desired.machine(), desired.origin(export.id()), export, this::over);
                served.put(export.id(), begins);
                begins.start();
            }
        }
    }

    /** {@code forGood}: the machine is no longer ours, and nobody will go on with it. */
    void stop(boolean forGood) throws InterruptedException {
        List<Serving> all;
        synchronized (this) {
            all = List.copyOf(served.values());
        }
        all.forEach(serving -> serving.stop(forGood));
        for (Serving serving : all) {
            if (!serving.awaitStopped(STOP_TIME_MAX)) {
                LOG.warn("an export does not stop");
            }
        }
    }

    /** {@code done}: the coordinator was told of its end, so that it is not begun again, however old the desired state that lists it. */
    private void over(OperationId export, boolean done) {
        synchronized (this) {
            served.remove(export);
            if (done) {
                ended.add(export);
            }
        }
        signals.hint();
    }

    /** False if one stays: it is tried again. */
    private boolean endOthersThan(Set<OperationId> wanted, MachineId machine) {
        boolean all = true;
        for (OperationId left : surroundings.storage().exportsLeft(machine)) {
            if (!wanted.contains(left)) {
                LOG.info("export {} was left and is ended", left);
                try {
                    surroundings.storage().endLeft(machine, left);
                } catch (RepositoryException stays) {
                    LOG.warn("export {} stays: {}", left, stays.getMessage());
                    all = false;
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return all;
    }
}
