package dev.tidemark.coordinator.scheduler;

import dev.tidemark.coordinator.nthcall.PlayedGateway;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hypervisor with as many machines as are asked for, played over the real HTTP interface; some of them are in trouble. */
final class PlayedHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PlayedHost.class);
    private static final Duration POLL = Duration.ofSeconds(2);
    private static final long GONE_MILLISECONDS = Duration.ofHours(1).toMillis();

    private final HostName host;
    private final HttpLink link;
    private final ExecutorService machines = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<MachineId> busy = ConcurrentHashMap.newKeySet();
    private final Set<OperationId> working = ConcurrentHashMap.newKeySet();
    private final Set<MachineName> failedBefore = ConcurrentHashMap.newKeySet();
    private final AtomicInteger atOnceMax = new AtomicInteger();
    private final AtomicInteger completed = new AtomicInteger();
    private final Thread loop;
    private volatile boolean closed;
    private volatile long epoch;

    /** Whose QEMU does not run. */
    volatile Predicate<MachineName> gone = name -> false;

    /** Whose first backup fails. */
    volatile Predicate<MachineName> failingOnce = name -> false;

    /** Whose backups all fail. */
    volatile Predicate<MachineName> failing = name -> false;

    /** Whose backups do not end by themselves. */
    volatile Predicate<MachineName> endless = name -> false;

    PlayedHost(URI coordinator, HostName host, String token) {
        this.host = host;
        this.link = new HttpLink(coordinator, host, token);
        this.loop = Thread.ofVirtual().start(this::serve);
    }

    int completed() {
        return completed.get();
    }

    /** How many backups were at work at the same time, at most. */
    int atOnceMax() {
        return atOnceMax.get();
    }

    private void serve() {
        String cursor = "";
        while (!closed) {
            try {
                Lease lease = link.claim(host, new Claim("played", epoch, Claim.Kind.HOLD, "played"));
                epoch = lease.epoch();
                CoordinatorLink.Wake wake = link.await(host, cursor, POLL);
                cursor = wake.cursor();
                for (Desired desired : wake.changed()) {
                    if (busy.add(desired.machine())) {
                        machines.execute(() -> attend(desired));
                    } else {
                        // It is being attended to. What it reports next is answered with what is wanted then.
                        cursor = "";
                    }
                }
                if (cursor.isEmpty()) {
                    Thread.sleep(20);
                }
            } catch (LinkException unreachable) {
                LOG.debug("the coordinator is away", unreachable);
                cursor = "";
                pause(50);
            } catch (InterruptedException interrupted) {
                return;
            }
        }
    }

    private void attend(Desired wanted) {
        try {
            Optional<Desired> next = Optional.of(wanted);
            while (!closed && next.isPresent() && PlayedGateway.isBusy(next.get()) && !restsFor(next.get())) {
                Desired desired = next.get();
                backup(desired).ifPresent(operation -> {
                    working.add(operation.id());
                    atOnceMax.accumulateAndGet(working.size(), Math::max);
                    pause(40);
                });
                next = link.report(report(desired).under(OptionalLong.of(epoch)));
                backup(desired)
                        .filter(PushBackupOperation::started)
                        .map(PushBackupOperation::id)
                        .ifPresent(operation -> {
                            working.remove(operation);
                            completed.incrementAndGet();
                        });
            }
        } catch (LinkException unreachable) {
            LOG.debug("the coordinator is away", unreachable);
        } finally {
            busy.remove(wanted.machine());
        }
    }

    private boolean restsFor(Desired desired) {
        return endless.test(desired.name())
                && backup(desired)
                        .filter(operation -> operation.started() && !operation.abort())
                        .isPresent();
    }

    private Report report(Desired desired) {
        Optional<PushBackupOperation> backup = backup(desired);
        if (backup.isPresent() && gone.test(desired.name())) {
            working.remove(backup.get().id());
            return new Report(
                    desired.machine(),
                    desired.version(),
                    new Sight.Unreachable("nothing listens on the socket", true, GONE_MILLISECONDS),
                    List.of());
        }
        boolean fails = failing.test(desired.name())
                || (failingOnce.test(desired.name()) && !failedBefore.contains(desired.name()));
        if (fails && backup.filter(PushBackupOperation::started).isPresent()) {
            failedBefore.add(desired.name());
            return new Report(
                    desired.machine(),
                    desired.version(),
                    new Sight.NotTaken(),
                    List.of(new OperationResult(
                            backup.get().id(), new Outcome.Refused(FailureCode.JOB_FAILED, "as played"))));
        }
        return PlayedGateway.stepOf(desired);
    }

    private static Optional<PushBackupOperation> backup(Desired desired) {
        return desired.operation().filter(PushBackupOperation.class::isInstance).map(PushBackupOperation.class::cast);
    }

    private static void pause(long milliseconds) {
        try {
            TimeUnit.MILLISECONDS.sleep(milliseconds);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        loop.interrupt();
        link.close();
        machines.shutdownNow();
    }
}
