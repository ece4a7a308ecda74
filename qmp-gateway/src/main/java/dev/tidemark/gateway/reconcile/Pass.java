package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Plans;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a look to nothing left to do, in rounds: look, tell what is new, put away what is left over, take one step. A round takes
 * at most one step, and the next begins with a look, so that nothing is ever concluded from a reply.
 */
final class Pass {
    private static final Logger LOG = LoggerFactory.getLogger(Pass.class);

    /** Rounds that do nothing but put away; what is left then waits for the next periodic look. */
    private static final int SWEEPS_MAX = 3;

    /** Reports in a row after each of which the coordinator wants something else; then it is given time. */
    private static final int TELLINGS_MAX = 20;

    /** How long jobs are watched while the coordinator cannot be told. */
    private static final Duration FOLLOW_UNTOLD = Duration.ofSeconds(1);

    /** How a pass ended. */
    enum End {
        IDLE,
        UNREGISTERED,
        STOPPED
    }

    private final Surroundings surroundings;
    private final Signals signals;
    private final Reporter reporter;
    private final RepositoryRunner repositoryRunner;
    private final Quiescence quiescence;
    private final Errands errands;
    private @Nullable Attempt attempt;
    private @Nullable BackupRun backupRun;
    private int sweeps;
    private int tellings;

    Pass(
            Surroundings surroundings,
            Signals signals,
            Reporter reporter,
            RepositoryRunner repositoryRunner,
            Quiescence quiescence) {
        this.surroundings = surroundings;
        this.signals = signals;
        this.reporter = reporter;
        this.repositoryRunner = repositoryRunner;
        this.quiescence = quiescence;
        this.errands = new Errands(surroundings.work());
    }

    /** The operation whose transaction was sent and not answered, and not looked for yet. */
    Optional<OperationResult> inDoubt() {
        Attempt current = attempt;
        return current == null || current.unanswered == null
                ? Optional.empty()
                : Optional.of(new OperationResult(current.operation, new Outcome.Unknown(current.unanswered)));
    }

    /** Ends what runs beside, if it ends; QEMU stays as it is. */
    void stop() throws InterruptedException {
        try {
            if (backupRun != null) {
                backupRun.stop();
            }
        } finally {
            errands.close();
        }
    }

    /** Runs one. {@code counts} and {@code guest} are those of the session. */
    End run(Qemu qemu, DirtyCounts counts, GuestWatch guest)
            throws QmpException, UnusableReply, LinkException, InterruptedException {
        sweeps = 0;
        tellings = 0;
        Housekeeping housekeeping = new Housekeeping(qemu, surroundings, signals);
        while (true) {
            if (signals.isStopped()) {
                return End.STOPPED;
            }
            signals.beginPass();
            boolean lookAsked = signals.takeLookAsked();
            Desired desired = signals.desired();
            quiescence.thawOwed(desired);
            // In every round: a backup may take hours, and who wants something restored meanwhile must not wait for its
            // end.
            repositoryRunner.run(desired);
            Optional<Operation> operation = desired.operation();
            attempt = operation.map(pending -> Attempt.at(attempt, pending)).orElse(null);
            errands.turnTo(desired, operation);
            Look look = guest.judged(desired, look(qemu, counts, desired.machine()));
            List<Difference> differences = Comparison.of(desired, look);
            Next next = Decision.next(desired, look, differences, findings(desired, look));
            next = quiesced(settle(next, look), desired, look);
            if (attempt != null) {
                attempt.unanswered = null;
            }

            if (next instanceof Next.Conclude conclude) {
                LOG.info("{}: {}", desired.name(), conclude.outcome());
                errands.came(conclude.outcome());
                Operation concluded = operation.orElseThrow();
                OperationResult result = new OperationResult(concluded.id(), conclude.outcome());
                Optional<Desired> answer = reporter.report(desired, look, List.of(result));
                if (answer.isEmpty()) {
                    return End.UNREGISTERED;
                }
                if (concluded instanceof DeletionOperation && !isAskedFor(concluded, answer.get())) {
                    // Recorded, so the mark that a deletion leaves has done its work.
                    housekeeping.change(Leftovers.temporaryBitmaps(look, concluded.id()));
                }
                if (concluded instanceof PullBackupOperation && !isAskedFor(concluded, answer.get())) {
                    // Recorded, so nobody needs what is left of it in QEMU as evidence.
                    run().putAway(housekeeping, look);
                }
                // If it is still asked for with another plan, it is tried anew; with the same one, nobody concluded
                // from this
                // (a report for an older version), and what is known of the try must not be forgotten.
                if (!isAskedForAlike(concluded, answer.get())) {
                    endBackup();
                }
                attempt = null;
                if (isAskedFor(concluded, answer.get()) && answer.get().version() == desired.version()) {
                    // Nothing followed from it, and nothing will until something changes.
                    LOG.warn("{}: {} was told and not concluded from", desired.name(), conclude.outcome());
                    return End.IDLE;
                }
                continue;
            }
            if (next instanceof Next.Announce) {
                Operation announced = operation.orElseThrow();
                Optional<Desired> answer = reporter.announce(desired, look, announced.id());
                if (answer.isEmpty()) {
                    return End.UNREGISTERED;
                }
                quiescence.announced(announced, answer.get());
                if (answer.get().version() == desired.version()) {
                    LOG.warn("{}: that the guest is to be frozen was told and not recorded", desired.name());
                    return End.IDLE;
                }
                continue;
            }
            if (lookAsked || next instanceof Next.Blocked || reporter.isNews(desired, look, differences)) {
                Optional<Desired> answer = tell(qemu, desired, look, next);
                if (answer.isEmpty()) {
                    return End.UNREGISTERED;
                }
                // Another version may ask for something else; what was seen is judged against it anew.
                if (answer.get().version() != desired.version()) {
                    countIfBlocked(next);
                    if (++tellings < TELLINGS_MAX) {
                        continue;
                    }
                    LOG.warn("{}: {} reports in a row changed what is desired", desired.name(), tellings);
                    return End.IDLE;
                }
            }
            Desired answered = signals.desired();
            if (answered.version() != desired.version()) {
                continue;
            }
            // The answer to the last report says what of it may be put away.
            Leftovers leftovers = Leftovers.in(answered, look);
            List<MachineId> serversLeft = serversLeft(answered);
            // Files go when a look shows that QEMU has let go of them.
            List<MachineId> unfinished = leftovers.isEmpty() ? unfinished(answered) : List.of();
            boolean isSomethingLeft = !leftovers.isEmpty() || !serversLeft.isEmpty() || !unfinished.isEmpty();
            if (isSomethingLeft && sweeps < SWEEPS_MAX) {
                sweeps++;
                LOG.info(
                        "{}: {}, export servers of {}, files of {}",
                        desired.name(),
                        leftovers.describe(),
                        serversLeft,
                        unfinished);
                surroundings.crash().at(CrashPoint.BEFORE_SWEEP);
                housekeeping.putAway(desired.machine(), leftovers);
                for (MachineId left : serversLeft) {
                    housekeeping.stopServer(left);
                }
                unfinished.forEach(housekeeping::discardPartials);
                surroundings.crash().at(CrashPoint.AFTER_SWEEP);
                continue;
            }
            if (countIfBlocked(next)) {
                continue;
            }
            tellings = 0;
            if (!take(next, desired, qemu, counts, housekeeping, look)) {
                return End.IDLE;
            }
        }
    }

    private static boolean isAskedForAlike(Operation operation, Desired desired) {
        return operation instanceof BackupOperation backup
                && desired.operation().orElse(null) instanceof BackupOperation asked
                && asked.id().equals(backup.id())
                && asked.disks().equals(backup.disks());
    }

    /**
     * In a directory of this host's gateways, under this very machine's name, or that of one that was found at its socket before:
     * nobody else serves there.
     */
    private List<MachineId> serversLeft(Desired desired) {
        Operation operation = desired.operation().orElse(null);
        List<MachineId> left = new ArrayList<>();
        if (!(operation instanceof PullBackupOperation)) {
            left.add(desired.machine());
        }
        if (!(operation instanceof PullBackupOperation pull && pull.started())) {
            left.addAll(desired.formers().orElse(List.of()));
        }
        left.removeIf(machine -> !surroundings.storage().exportSocket(machine).exists());
        return left;
    }

    private List<MachineId> unfinished(Desired desired) {
        return desired.formers().orElse(List.of()).stream()
                .filter(former -> !surroundings.storage().partialBackups(former).isEmpty())
                .toList();
    }

    private static boolean isAskedFor(Operation operation, Desired desired) {
        return desired.operation()
                .filter(asked -> asked.id().equals(operation.id()))
                .isPresent();
    }

    /** Takes one step; false if there is none. */
    private boolean take(
            Next next, Desired desired, Qemu qemu, DirtyCounts counts, Housekeeping housekeeping, Look look)
            throws QmpException, UnusableReply, InterruptedException {
        switch (next) {
            case Next.Run(Plan ignored) -> send(qemu, counts, desired, look);
            case Next.Start() -> {
                current().sends++;
                current().unanswered = "the backup's transaction was sent and not answered";
                run().start(qemu, counts, housekeeping, look);
            }
            case Next.Serve() -> run().serve(qemu, look);
            case Next.Follow() -> run().follow(qemu, quiescence.patience(surroundings.lookInterval()));
            case Next.Cancel(List<String> jobs, Refused because) -> {
                run().condemn(because);
                run().ending(look, because);
                run().endExports(housekeeping, look);
                housekeeping.cancel(jobs);
            }
            case Next.Finish() -> run().finish(qemu, housekeeping, look);
            case Next.PutAway(Outcome ignored) -> {
                if (run().stop()) {
                    current().putAways++;
                    run().putAway(housekeeping, look);
                } else {
                    // A look after it has ended tells whether there is a backup now.
                    signals.await(surroundings.lookInterval());
                }
            }
            case Next.Nothing _, Next.Blocked _, Next.Conclude _, Next.Announce _ -> {
                return false;
            }
        }
        return true;
    }

    private boolean countIfBlocked(Next next) {
        if (next instanceof Next.Blocked) {
            current().rounds++;
            return true;
        }
        return false;
    }

    /** Turns a step that has been tried often enough, or has nothing left to do, into a conclusion. */
    private Next settle(Next next, Look look) {
        return switch (next) {
            case Next.Blocked(Difference obstacle)
            when current().rounds >= Attempt.ROUNDS_MAX ->
                new Next.Conclude(new Refused(FailureCode.EVIDENCE_CHANGED, obstacle.detail(), obstacle.disk()));
            case Next.Run(Plan ignored)
            when current().refusal.isPresent() ->
                new Next.Conclude(current().refusal.get());
            case Next.Run(Plan ignored) when current().sends >= Attempt.SENDS_MAX -> unanswered();
            case Next.Start() when current().sends >= Attempt.SENDS_MAX -> unanswered();
            case Next.PutAway(Outcome outcome)
            when !run().isSomethingLeft(look) || current().putAways >= Attempt.PUT_AWAYS_MAX ->
                new Next.Conclude(outcome);
            default -> next;
        };
    }

    /** A guest is frozen only for a step that the log knows of, and only if its agent answers: nothing is begun in vain. */
    private Next quiesced(Next next, Desired desired, Look look) {
        boolean sends = next instanceof Next.Run || next instanceof Next.Start;
        Operation operation = desired.operation().orElse(null);
        if (!sends || operation == null || !operation.quiesce() || quiescence.mayFreeze(desired, operation)) {
            return next;
        }
        Optional<Refused> obstacle = quiescence.obstacle(desired);
        if (obstacle.isPresent()) {
            return operation instanceof BackupOperation
                    ? settle(new Next.PutAway(obstacle.get()), look)
                    : new Next.Conclude(obstacle.get());
        }
        // What became of the last try is told before there is another.
        return quiescence.news().isPresent() ? new Next.Nothing() : new Next.Announce();
    }

    private static Next unanswered() {
        return new Next.Conclude(new Refused(
                FailureCode.QEMU_REFUSED,
                "sent " + Attempt.SENDS_MAX + " times without an answer; a look after each showed no effect"));
    }

    private void send(Qemu qemu, DirtyCounts counts, Desired desired, Look look)
            throws QmpException, UnusableReply, InterruptedException {
        Operation operation = desired.operation().orElseThrow();
        Canaries canaries = new Canaries(qemu, signals, counts, surroundings.clockwork());
        Map<DiskName, Canary> made = canaries.make(operation, desired, look);
        if (canaries.isEvidenceInDoubt()) {
            canaries.close(made);
            if (canaries.refusal().isPresent() && current().askedInVain) {
                current().refusal = canaries.refusal().map(why -> new Refused(FailureCode.QEMU_REFUSED, why));
            }
            current().askedInVain = canaries.refusal().isPresent();
            return;
        }
        // The bitmaps were asked in any case; only what the transaction takes from the canaries is left out.
        Map<DiskName, Canary> used = current().withoutCanaries ? Map.of() : made;
        Plan plan = Plans.of(operation, look.nodes(), used);
        current().sends++;
        try {
            Optional<Refused> unfrozen = quiescence.around(desired, operation, () -> {
                surroundings.crash().at(CrashPoint.BEFORE_TRANSACTION);
                if (operation.quiesce()) {
                    qemu.runBriefly(plan);
                } else {
                    qemu.run(plan);
                }
            });
            if (unfrozen.isPresent()) {
                current().refusal = unfrozen;
            }
        } catch (QmpRefused refused) {
            if (used.isEmpty()) {
                // Concluded only if the next look shows no effect either: an earlier try may have had it.
                current().refusal = Optional.of(new Refused(FailureCode.QEMU_REFUSED, refused.description()));
            } else {
                LOG.warn("{}: to be tried without canaries, QEMU refuses: {}", operation.id(), refused.description());
                current().withoutCanaries = true;
            }
        } catch (QmpException failure) {
            current().unanswered = String.valueOf(failure.getMessage());
            throw failure;
        }
        surroundings.crash().at(CrashPoint.AFTER_TRANSACTION);
        canaries.close(made);
    }

    private Optional<Desired> tell(Qemu qemu, Desired desired, Look look, Next next)
            throws LinkException, QmpException, UnusableReply, InterruptedException {
        try {
            return reporter.report(desired, look, List.of());
        } catch (LinkException unreachable) {
            if (next instanceof Next.Follow) {
                // Jobs are watched also when nobody can be told: a failing target harms the guest.
                run().follow(qemu, FOLLOW_UNTOLD);
            }
            // Whoever asked for a look still waits for it to be told.
            signals.askForLook();
            throw unreachable;
        }
    }

    private Look look(Qemu qemu, DirtyCounts counts, MachineId machine) throws QmpException, UnusableReply {
        surroundings.crash().at(CrashPoint.BEFORE_LOOK);
        Look look = counts.judged(qemu.look(surroundings.storage().partialBackups(machine)));
        surroundings.crash().at(CrashPoint.AFTER_LOOK);
        return look;
    }

    private BackupFindings findings(Desired desired, Look look) throws InterruptedException {
        if (desired.operation().isPresent() && desired.operation().get() instanceof BackupOperation backup) {
            if (backupRun == null || !backupRun.isOf(backup)) {
                endBackup();
                backupRun = new BackupRun(surroundings, signals, quiescence, desired, backup);
            }
            backupRun.update(desired, backup);
            return backupRun.findings(look);
        }
        endBackup();
        return BackupFindings.NONE;
    }

    private void endBackup() throws InterruptedException {
        if (backupRun != null) {
            backupRun.stop();
            backupRun = null;
        }
    }

    private Attempt current() {
        if (attempt == null) {
            throw new IllegalStateException("a step without an operation");
        }
        return attempt;
    }

    private BackupRun run() {
        if (backupRun == null) {
            throw new IllegalStateException("a step of a backup without a backup");
        }
        return backupRun;
    }
}
