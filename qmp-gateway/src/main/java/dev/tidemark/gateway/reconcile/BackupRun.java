package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Plans;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.act.repository.BackupFacts;
import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one gateway process knows of one backup beyond what a look shows. All of it can be lost: whoever comes after a crash
 * begins a run anew from what is there.
 */
final class BackupRun {
    private static final Logger LOG = LoggerFactory.getLogger(BackupRun.class);

    /** What a disk is bound to at the moment of the transaction. */
    private record Binding(String file, int backingDepth, long virtualSize) {}

    private final Surroundings surroundings;
    private final Signals signals;
    private final Quiescence quiescence;
    private Desired desired;
    private BackupOperation operation;
    private final Map<DiskName, Binding> bindings = new HashMap<>();
    private boolean momentChecked;
    private boolean withoutCanaries;

    /** QEMU refused to say whether a bitmap lost bits; the look that followed showed no reason. */
    private boolean askedInVain;

    private final Verdict verdict = new Verdict();
    private final JobFollower follower;
    private final PushTargets targets;
    private final ReadBack readBack;
    private final PullService pulls;

    BackupRun(
            Surroundings surroundings,
            Signals signals,
            Quiescence quiescence,
            Desired desired,
            BackupOperation operation) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.quiescence = quiescence;
        this.desired = desired;
        this.operation = operation;
        this.pulls = new PullService(surroundings, desired.machine());
        this.follower = new JobFollower(surroundings, signals, desired.machine(), verdict);
        this.targets = new PushTargets(surroundings, verdict);
        this.readBack = new ReadBack(surroundings, signals, desired.machine(), operation.id());
        // Jobs found after a restart were started against what the log last knew.
        for (DesiredDisk disk : desired.disks()) {
            bindings.put(disk.disk(), new Binding(disk.file(), disk.backingDepth(), disk.virtualSize()));
        }
    }

    boolean isOf(BackupOperation other) {
        return operation.id().equals(other.id());
    }

    /** The operation as it stands now: it may have been planned anew before it was started. */
    void update(Desired newer, BackupOperation newest) {
        desired = newer;
        operation = newest;
    }

    /** What is known now; reads the repository. */
    BackupFindings findings(Look look) throws InterruptedException {
        if (operation instanceof PullBackupOperation pull) {
            if (pulls.isLeaseOver(pull) && !pull.finish()) {
                verdict.condemn(new Refused(
                        FailureCode.LEASE_EXPIRED,
                        "nobody finished the backup until " + pull.terms().leaseUntil()));
            }
            checkMoment(look);
            return new BackupFindings(Optional.empty(), readable(pull, look), verdict.refused());
        }
        try {
            Optional<Manifest> manifest =
                    storage().completed(operation.repository(), desired.machine(), operation.backup());
            if (manifest.isEmpty()) {
                checkMoment(look);
            }
            return new BackupFindings(manifest.map(Manifest::evidence), List.of(), verdict.refused());
        } catch (RepositoryException failure) {
            verdict.condemn(failure.unlessInterrupted().refused());
            return new BackupFindings(Optional.empty(), List.of(), verdict.refused());
        }
    }

    /** Makes targets and starts the jobs, all at one moment. On a failure before the transaction nothing stays. */
    void start(Qemu qemu, DirtyCounts counts, Housekeeping housekeeping, Look look)
            throws QmpException, UnusableReply, InterruptedException {
        housekeeping.closeNodes(nodes(look));
        try {
            surroundings.crash().at(CrashPoint.BEFORE_BEGIN);
            switch (operation) {
                case PushBackupOperation push -> targets.open(qemu, housekeeping, desired, push, look);
                case PullBackupOperation pull ->
                    pulls.begin(qemu, housekeeping, pull, look).ifPresent(verdict::condemn);
            }
            surroundings.crash().at(CrashPoint.AFTER_TARGETS_OPENED);
        } catch (RepositoryException failure) {
            verdict.condemn(failure.unlessInterrupted().refused());
            return;
        }
        if (verdict.isSpoken()) {
            return;
        }
        bindings.clear();
        momentChecked = false;
        look.facts().forEach((name, facts) -> bindings.put(name, binding(facts)));
        Canaries canaries = new Canaries(qemu, signals, counts, surroundings.clockwork());
        Map<DiskName, Canary> made = canaries.make(operation, desired, look);
        if (canaries.isEvidenceInDoubt()) {
            canaries.close(made);
            if (askedInVain) {
                canaries.refusal().ifPresent(why -> verdict.condemn(new Refused(FailureCode.QEMU_REFUSED, why)));
            }
            askedInVain = canaries.refusal().isPresent();
            return;
        }
        // The bitmaps were asked in any case; only what the transaction takes from the canaries is left out.
        Map<DiskName, Canary> used = withoutCanaries ? Map.of() : made;
        Plan plan = Plans.of(operation, look.nodes(), used);
        try {
            quiescence
                    .around(desired, operation, () -> {
                        surroundings.crash().at(CrashPoint.BEFORE_TRANSACTION);
                        if (operation.quiesce()) {
                            qemu.runBriefly(plan);
                        } else {
                            qemu.run(plan);
                        }
                    })
                    .ifPresent(verdict::condemn);
        } catch (QmpRefused refused) {
            if (used.isEmpty()) {
                verdict.condemn(new Refused(FailureCode.QEMU_REFUSED, refused.description()));
            } else {
                LOG.warn("{}: to be tried without canaries, QEMU refuses: {}", operation.id(), refused.description());
                withoutCanaries = true;
            }
        }
        surroundings.crash().at(CrashPoint.AFTER_TRANSACTION);
        canaries.close(made);
    }

    /** Waits while jobs run: until one ends or fares badly, somebody wants something else, or it is time to look. */
    void follow(Qemu qemu, Duration timeLimit) throws QmpException, UnusableReply, InterruptedException {
        follower.follow(qemu, operation, this::isGuestInDanger, timeLimit);
    }

    /** Its jobs are to end: QEMU shows one as running until the last write to its target has come back, if it ever does. */
    void ending(Look look, Refused because) {
        follower.ending(operation, look, because);
    }

    /** Closes the targets and lets the files become a backup, on a thread of its own: reading them back takes long. */
    void finish(Qemu qemu, Housekeeping housekeeping, Look look)
            throws QmpException, UnusableReply, InterruptedException {
        if (readBack.isThere()) {
            readBack.await().ifPresent(verdict::condemn);
            return;
        }
        surroundings.crash().at(CrashPoint.BEFORE_TARGETS_CLOSED);
        Optional<String> secret = targets.secret(desired.machine(), operation);
        for (String node : nodes(look)) {
            // What stands on a file is flushed with it.
            if (!QemuNames.isFile(node) && !QemuNames.isLock(node)) {
                targets.flush(qemu, operation, look, node, secret);
            }
        }
        if (verdict.isSpoken()) {
            return;
        }
        surroundings.crash().at(CrashPoint.AFTER_TARGETS_FLUSHED);
        housekeeping.closeNodes(nodes(look));
        housekeeping.change(temporaryBitmaps(look));
        surroundings.crash().at(CrashPoint.BEFORE_COMPLETE);
        try {
            Optional<PartialBackup> partial =
                    storage().partial(operation.repository(), desired.machine(), operation.backup());
            if (partial.isEmpty()) {
                verdict.condemn(new Refused(
                        FailureCode.REPOSITORY_FAILED, "the unfinished backup is no longer in the repository"));
                return;
            }
            readBack.begin(partial.get(), facts(look));
        } catch (RepositoryException failure) {
            verdict.condemn(failure.unlessInterrupted().refused());
        }
    }

    /**
     * Takes everything of this backup out of QEMU, and what did not become a backup out of the repository. To be called when
     * {@link #stop} said that nobody reads the files any more.
     */
    void putAway(Housekeeping housekeeping, Look look) throws QmpException, UnusableReply, InterruptedException {
        List<ObservedJob> jobs = look.observed().jobs().stream()
                .filter(job -> QemuNames.belongsTo(job.id(), operation.id()))
                .toList();
        surroundings.crash().at(CrashPoint.BEFORE_DISMISS);
        housekeeping.putAway(
                desired.machine(),
                new Leftovers(exports(look), jobs, nodes(look), secrets(look), temporaryBitmaps(look), partials(look)));
        if (operation instanceof PullBackupOperation) {
            housekeeping.stopServer(desired.machine());
        }
        surroundings.crash().at(CrashPoint.AFTER_DISMISS);
    }

    /** Makes exports that are not there yet. */
    void serve(Qemu qemu, Look look) throws QmpException {
        if (operation instanceof PullBackupOperation pull) {
            pulls.serve(qemu, pull, look).ifPresent(verdict::condemn);
        }
    }

    /** Before jobs end: an export that outlives its job serves what the guest has now. */
    void endExports(Housekeeping housekeeping, Look look) throws QmpException, UnusableReply, InterruptedException {
        // Whether they went or not: the guest must not wait, and what is served from now on is no backup any more.
        if (!housekeeping.endExports(exports(look))) {
            LOG.warn("the jobs of {} end before its exports have gone: the guest comes first", operation.id());
        }
    }

    /** Whether a look shows something that {@link #putAway} would take. */
    boolean isSomethingLeft(Look look) {
        return readBack.isThere()
                || look.observed().jobs().stream().anyMatch(job -> QemuNames.belongsTo(job.id(), operation.id()))
                || !exports(look).isEmpty()
                || (operation instanceof PullBackupOperation && pulls.isServerThere())
                || !nodes(look).isEmpty()
                || !secrets(look).isEmpty()
                || !temporaryBitmaps(look).isEmpty()
                || !partials(look).isEmpty();
    }

    /**
     * Ends the thread that reads files back, if there is one; it can be begun again. False if it does not end: it may be about to
     * rename the files, so that nothing may be taken from them.
     */
    boolean stop() throws InterruptedException {
        return readBack.stop();
    }

    void condemn(Refused refused) {
        verdict.condemn(refused);
    }

    /**
     * The transaction names nodes, and between the look and the transaction a snapshot may have put another layer on top: the
     * backup would then lack what was written to that layer (hazard S5). Asked once, right after the moment.
     */
    private void checkMoment(Look look) {
        boolean begun = look.observed().jobs().stream()
                .anyMatch(job -> QemuNames.belongsTo(job.id(), operation.id()) && !QemuNames.isCanary(job.id()));
        if (momentChecked || !begun) {
            return;
        }
        momentChecked = true;
        for (int index = 0; index < operation.disks().size(); index++) {
            DiskName disk = disk(index);
            Optional<Binding> now = look.disk(disk).map(ObservedDisk::facts).map(BackupRun::binding);
            if (now.isEmpty() || !now.get().equals(bindings.get(disk))) {
                verdict.condemn(new Refused(
                        FailureCode.EVIDENCE_CHANGED,
                        "disk " + disk + " changed around the moment of the backup: planned for " + bindings.get(disk)
                                + ", then " + now.map(Binding::toString).orElse("gone"),
                        Optional.of(disk)));
            }
        }
    }

    private List<ReadyDisk> readable(PullBackupOperation pull, Look look) {
        // Told once: whoever reads knows it.
        if (pull.ready() || exports(look).isEmpty() || isDiskGone(look)) {
            return List.of();
        }
        try {
            return pulls.readable(pull, look);
        } catch (IOException unknown) {
            verdict.condemn(new Refused(
                    FailureCode.EXPORT_SERVER_REFUSED,
                    "nobody knows where exports are served: " + unknown.getMessage()));
            return List.of();
        }
    }

    private boolean isDiskGone(Look look) {
        for (int index = 0; index < operation.disks().size(); index++) {
            DiskName disk = disk(index);
            if (look.disk(disk).isEmpty()) {
                verdict.condemn(new Refused(
                        FailureCode.EVIDENCE_CHANGED,
                        "disk " + disk + " was taken out before anybody was told where to read it",
                        Optional.of(disk)));
                return true;
            }
        }
        return false;
    }

    private boolean isGuestInDanger() throws InterruptedException {
        if (!(operation instanceof PullBackupOperation pull)) {
            return targets.isRoomShort(desired.machine(), operation);
        }
        try {
            Optional<Refused> danger = pulls.danger(pull);
            danger.ifPresent(verdict::condemn);
            return danger.isPresent() || (pulls.isLeaseOver(pull) && !pull.finish());
        } catch (RepositoryException failure) {
            verdict.condemn(failure.unlessInterrupted().refused());
            return true;
        }
    }

    private BackupFacts facts(Look look) {
        Map<DiskName, Long> bytes = new HashMap<>();
        for (int index = 0; index < operation.disks().size(); index++) {
            long copied = look.job(QemuNames.job(operation.id(), index))
                    .map(ObservedJob::currentProgress)
                    .orElse(0L);
            bytes.put(disk(index), copied);
        }
        return new BackupFacts(look.observed().qemu(), bytes, moment());
    }

    /** As the log has it: the manifest says nothing else. */
    private Moment moment() {
        return operation
                .moment()
                .orElse(
                        operation.quiesce()
                                ? Moment.crashBecause("the log did not say whether the guest was frozen at the moment")
                                : Moment.CRASH);
    }

    /** Its targets, and what they are made of. */
    private List<String> nodes(Look look) {
        return look.observed().nodes().stream()
                .filter(node -> QemuNames.belongsTo(node, operation.id()) && !QemuNames.isCanary(node))
                .toList();
    }

    private List<String> secrets(Look look) {
        return look.observed().secretNames().stream()
                .filter(secret -> QemuNames.belongsTo(secret, operation.id()))
                .toList();
    }

    private List<String> exports(Look look) {
        return look.observed().exports().stream()
                .filter(export -> QemuNames.belongsTo(export, operation.id()))
                .toList();
    }

    private List<Verb> temporaryBitmaps(Look look) {
        return Leftovers.temporaryBitmaps(look, operation.id());
    }

    private List<String> partials(Look look) {
        return look.observed().partialBackups().stream()
                .filter(partial -> partial.equals(operation.repository() + "/" + operation.backup()))
                .toList();
    }

    private DiskName disk(int index) {
        return operation.disks().get(index).plan().disk();
    }

    private static Binding binding(DiskFacts facts) {
        return new Binding(facts.file(), facts.backingDepth(), facts.virtualSize());
    }

    private Storage storage() {
        return surroundings.storage();
    }
}
