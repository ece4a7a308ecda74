package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Stall;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the jobs of one backup while they run, and tells how far they are. */
final class JobFollower {
    private static final Logger LOG = LoggerFactory.getLogger(JobFollower.class);
    private static final Duration POLL = Duration.ofMillis(200);

    /** What may end a backup while QEMU still copies. */
    @FunctionalInterface
    interface Danger {
        boolean isThere() throws InterruptedException;
    }

    private final Surroundings surroundings;
    private final Signals signals;
    private final MachineId machine;
    private final Verdict verdict;
    private final StallWatch stalls;
    private @Nullable Instant standsSince;

    JobFollower(Surroundings surroundings, Signals signals, MachineId machine, Verdict verdict) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.machine = machine;
        this.verdict = verdict;
        this.stalls = new StallWatch(surroundings.stallLimit());
    }

    /** Waits while jobs run: until one ends or fares badly, somebody wants something else, or it is time to look. */
    void follow(Qemu qemu, BackupOperation operation, Danger danger, Duration timeLimit)
            throws QmpException, UnusableReply, InterruptedException {
        long end = surroundings.clockwork().nanoTime() + timeLimit.toNanos();
        long shown = -1;
        surroundings.crash().at(CrashPoint.JOBS_RUN);
        while (surroundings.clockwork().nanoTime() < end && !signals.isUrgent()) {
            if (danger.isThere()) {
                return;
            }
            Observer.Jobs jobs = qemu.jobs();
            long done = 0;
            long total = 0;
            for (int index = 0; index < operation.disks().size(); index++) {
                String id = QemuNames.job(operation.id(), index);
                Optional<ObservedJob> job =
                        jobs.jobs().stream().filter(one -> one.id().equals(id)).findFirst();
                if (job.isEmpty() || job.get().status().equals(Decision.CONCLUDED)) {
                    if (job.isEmpty() || job.get().error().isPresent() || allConcluded(operation, jobs)) {
                        return;
                    }
                }
                String io = jobs.ioStatusByJob().getOrDefault(id, "ok");
                if (!io.equals("ok")) {
                    // A target that fails makes the guest's own writes fail (qemu-facts §0.5): the guest comes first.
                    verdict.condemn(new Refused(
                            FailureCode.JOB_FAILED,
                            "the target of disk " + disk(operation, index) + " fails: " + io,
                            Optional.of(disk(operation, index))));
                    return;
                }
                if (operation instanceof PushBackupOperation push
                        && job.isPresent()
                        && !job.get().status().equals(Decision.CONCLUDED)) {
                    keepSpeed(qemu, push, jobs, id);
                    if (isStalled(disk(operation, index), job.get(), jobs)) {
                        return;
                    }
                }
                done += job.map(ObservedJob::currentProgress).orElse(0L);
                total += job.map(ObservedJob::totalProgress).orElse(0L);
            }
            if (done != shown) {
                shown = done;
                surroundings.link().progress(new Progress(machine, operation.id(), phase(operation), done, total));
            }
            signals.await(POLL);
        }
    }

    /** A guest that writes where nothing was copied yet waits for the target too: it is not kept waiting for ever. */
    private boolean isStalled(DiskName disk, ObservedJob job, Observer.Jobs jobs) {
        long speed = jobs.speedByJob().getOrDefault(job.id(), 0L);
        if (!stalls.isStalled(
                job.id(), job.currentProgress(), speed, surroundings.clockwork().nanoTime())) {
            return false;
        }
        standsSince = since(stalls.standsFor(job.id(), surroundings.clockwork().nanoTime()));
        verdict.condemn(new Refused(
                FailureCode.JOB_STALLED,
                "disk " + disk + ": nothing was copied for " + surroundings.stallLimit() + " after "
                        + job.currentProgress() + " of " + job.totalProgress() + " bytes; the job was "
                        + job.status(),
                Optional.of(disk)));
        return true;
    }

    /** Its jobs are to end: QEMU shows one as running until the last write to its target has come back, if it ever does. */
    void ending(BackupOperation operation, Look look, Refused because) {
        boolean again = standsSince != null;
        if (standsSince == null) {
            standsSince = surroundings.clockwork().now();
        }
        if (!again && because.code() != FailureCode.JOB_STALLED) {
            return;
        }
        long done = 0;
        long total = 0;
        for (ObservedJob job : look.observed().jobs()) {
            if (QemuNames.belongsTo(job.id(), operation.id()) && !QemuNames.isCanary(job.id())) {
                done += job.currentProgress();
                total += job.totalProgress();
            }
        }
        Stall stall = new Stall(
                standsSince,
                "it is to end with " + because.code() + " (" + because.detail()
                        + "); QEMU was told so, and shows its job until the last write to the target has come back");
        surroundings
                .link()
                .progress(new Progress(machine, operation.id(), phase(operation), done, total, Optional.of(stall)));
    }

    private Instant since(Duration standing) {
        return surroundings.clockwork().now().minus(standing).truncatedTo(ChronoUnit.MILLIS);
    }

    private static String phase(BackupOperation operation) {
        return operation instanceof PullBackupOperation ? "keep" : "copy";
    }

    /** What was asked for last, whoever started the job and when. */
    private void keepSpeed(Qemu qemu, PushBackupOperation push, Observer.Jobs jobs, String job) throws QmpException {
        long wanted = push.bytesPerSecondMax().orElse(0);
        Long speed = jobs.speedByJob().get(job);
        if (speed == null || speed == wanted) {
            return;
        }
        try {
            qemu.limit(job, wanted);
            LOG.info("job {} may copy {} bytes a second now, 0 is without a limit; it was {}", job, wanted, speed);
        } catch (QmpRefused refused) {
            // It has ended meanwhile, or cannot be told in its state: the next look shows it.
            LOG.debug("job {} keeps its speed: {}", job, refused.description());
        }
    }

    private static boolean allConcluded(BackupOperation operation, Observer.Jobs jobs) {
        return jobs.jobs().stream()
                .filter(job -> QemuNames.belongsTo(job.id(), operation.id()))
                .allMatch(job -> job.status().equals(Decision.CONCLUDED));
    }

    private static DiskName disk(BackupOperation operation, int index) {
        return operation.disks().get(index).plan().disk();
    }
}
