package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A coordinator by hand for one machine: it believes what it sees of disks, forgets chains that are not as they should be, and
 * folds what operations do. It judges nothing else, so that what a test sees is the gateway's doing.
 */
final class FakeCoordinator implements CoordinatorLink {
    private Desired desired;
    private boolean registered = true;
    private boolean believing = true;
    private boolean unreachable;
    private boolean deafOnce;
    private boolean woken;
    private boolean lookAt;
    private final List<Report> reports = new ArrayList<>();
    private final List<Progress> progress = new ArrayList<>();
    private final Set<OperationId> known = new LinkedHashSet<>();
    private final Set<BitmapName> created = new LinkedHashSet<>();
    private final Map<OperationId, Moment> moments = new LinkedHashMap<>();
    private final Map<OperationId, Outcome> outcomes = new LinkedHashMap<>();

    FakeCoordinator(MachineId machine, HostName host, String socket) {
        this.desired =
                new Desired(machine, new MachineName("vm"), host, 1, socket, List.of(), Optional.empty(), List.of());
        this.woken = true;
    }

    @Override
    public Lease claim(HostName host, Claim claim) {
        return Lease.granted(1, 60_000);
    }

    @Override
    public synchronized Wake await(HostName host, String cursor, Duration timeLimit) throws InterruptedException {
        long end = System.nanoTime() + timeLimit.toNanos();
        while (!cursor.isEmpty() && !woken && !lookAt && System.nanoTime() < end) {
            wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
        boolean changed = woken || cursor.isEmpty();
        woken = false;
        List<MachineId> looks = lookAt ? List.of(desired.machine()) : List.of();
        lookAt = false;
        return new Wake("c" + desired.version(), changed ? List.of(desired) : List.of(), List.of(), looks);
    }

    @Override
    public synchronized Optional<Desired> report(Report report) throws LinkException {
        if (unreachable) {
            throw new LinkException("unreachable on purpose");
        }
        reports.add(report);
        notifyAll();
        if (!registered) {
            return Optional.empty();
        }
        if (deafOnce && !report.results().isEmpty()) {
            deafOnce = false;
            desired = withVersion(desired.version() + 1);
            return Optional.of(answer(report.sight()));
        }
        Desired before = desired;
        report.guest().ifPresent(this::conclude);
        for (OperationResult result : report.results()) {
            outcomes.put(result.operation(), result.outcome());
            conclude(result);
        }
        if (believing && report.sight() instanceof Sight.Observed observed) {
            believe(observed, report.version() >= before.version());
        }
        if (!desired.equals(before)) {
            desired = withVersion(desired.version() + 1);
        }
        return Optional.of(answer(report.sight()));
    }

    @Override
    public synchronized void progress(Progress told) {
        progress.add(told);
        notifyAll();
    }

    /** As if this operation had been asked for and had ended. */
    synchronized void knows(OperationId operation) {
        known.add(operation);
    }

    synchronized void ask(Operation operation) {
        known.add(operation.id());
        change(current -> with(current, current.disks(), Optional.of(operation), current.repositoryOperations()));
    }

    synchronized void ask(RepositoryOperation operation) {
        change(current -> with(current, current.disks(), current.operation(), List.of(operation)));
    }

    synchronized void change(UnaryOperator<Desired> change) {
        desired = change.apply(desired);
        desired = withVersion(desired.version() + 1);
        woken = true;
        notifyAll();
    }

    synchronized void unwanted(DiskName disk, BitmapName bitmap) {
        change(current -> with(
                current,
                current.disks().stream()
                        .map(one -> one.disk().equals(disk)
                                ? new DesiredDisk(
                                        disk,
                                        one.virtualSize(),
                                        one.file(),
                                        one.backingDepth(),
                                        one.chain(),
                                        List.of(bitmap))
                                : one)
                        .toList(),
                current.operation(),
                current.repositoryOperations()));
    }

    synchronized void lookNow() {
        lookAt = true;
        notifyAll();
    }

    synchronized void unregister() {
        registered = false;
        lookNow();
    }

    synchronized void setUnreachable(boolean value) {
        unreachable = value;
    }

    /** Something else is recorded just before the next outcome arrives, so that nothing is concluded from it. */
    synchronized void overtakeNextOutcome() {
        deafOnce = true;
    }

    /** Whether what is seen of disks changes what is desired of them. */
    synchronized void setBelieving(boolean value) {
        believing = value;
    }

    synchronized Desired desired() {
        return desired;
    }

    synchronized List<Report> reports() {
        return List.copyOf(reports);
    }

    synchronized List<Progress> progress() {
        return List.copyOf(progress);
    }

    synchronized Optional<Outcome> outcome(OperationId operation) {
        return Optional.ofNullable(outcomes.get(operation));
    }

    synchronized Optional<Sight.Observed> lastObserved() {
        for (int index = reports.size() - 1; index >= 0; index--) {
            if (reports.get(index).sight() instanceof Sight.Observed observed) {
                return Optional.of(observed);
            }
        }
        return Optional.empty();
    }

    synchronized Optional<Sight.Observed> firstObserved(Predicate<Sight.Observed> predicate) {
        return reports.stream()
                .flatMap(
                        report -> report.sight() instanceof Sight.Observed observed ? Stream.of(observed) : Stream.of())
                .filter(predicate)
                .findFirst();
    }

    synchronized List<DesiredBitmap> chain(DiskName disk) {
        return desired.disks().stream()
                .filter(one -> one.disk().equals(disk))
                .findFirst()
                .map(DesiredDisk::chain)
                .orElse(List.of());
    }

    /** The guest's agent listens there. */
    synchronized void speaksAt(Path socket) {
        change(current -> of(current, Optional.of(socket.toString()), current.frozenBy()));
    }

    /** As a log has it whose gateway died before it could tell more. */
    synchronized void frozenBy(OperationId operation) {
        change(current -> of(current, current.qgaSocket(), Optional.of(operation)));
    }

    /** What the last freeze for an operation was worth, once that was told. */
    synchronized Optional<Moment> moment(OperationId operation) {
        return Optional.ofNullable(moments.get(operation));
    }

    synchronized boolean isPending() {
        return desired.operation().isPresent();
    }

    /** Whether the guest may be frozen, by the log. */
    synchronized boolean isFreezeOpen() {
        return desired.frozenBy().isPresent();
    }

    private void conclude(GuestReport report) {
        switch (report) {
            case GuestReport.Freezing(var operation) -> {
                if (desired.frozenBy().isEmpty()) {
                    moments.remove(operation);
                    desired = of(desired, desired.qgaSocket(), Optional.of(operation));
                }
            }
            case GuestReport.Thawed(var operation, var moment) -> {
                if (desired.frozenBy().equals(Optional.of(operation))) {
                    moments.put(operation, moment);
                    desired = of(desired, desired.qgaSocket(), Optional.empty());
                }
            }
        }
    }

    private static Desired of(Desired base, Optional<String> qgaSocket, Optional<OperationId> frozenBy) {
        return new Desired(
                base.machine(),
                base.name(),
                base.host(),
                base.version(),
                base.qmpSocket(),
                base.disks(),
                base.operation(),
                base.repositoryOperations(),
                qgaSocket,
                base.removable(),
                frozenBy,
                Optional.empty(),
                Optional.empty());
    }

    private void conclude(OperationResult result) {
        if (result.outcome() instanceof Outcome.Unknown) {
            return;
        }
        Optional<Operation> pending =
                desired.operation().filter(operation -> operation.id().equals(result.operation()));
        List<DesiredDisk> disks = desired.disks();
        if (pending.isPresent() && pending.get() instanceof DeletionOperation deletion && isDone(result)) {
            disks = disks.stream().map(disk -> without(disk, deletion)).toList();
        }
        desired = with(
                desired,
                disks,
                pending.isPresent() ? Optional.empty() : desired.operation(),
                desired.repositoryOperations().stream()
                        .filter(operation -> !operation.id().equals(result.operation()))
                        .toList());
        if (pending.isPresent() && pending.get() instanceof CheckpointOperation create && isDone(result)) {
            created(create.bitmap());
        }
    }

    private static boolean isDone(OperationResult result) {
        return result.outcome() instanceof Outcome.Done;
    }

    private void created(BitmapName bitmap) {
        created.add(bitmap);
    }

    private static DesiredDisk without(DesiredDisk disk, DeletionOperation deletion) {
        List<DesiredBitmap> chain = new ArrayList<>(disk.chain());
        chain.removeIf(bitmap -> bitmap.name().equals(deletion.bitmap()));
        boolean newest = deletion.disks().stream().anyMatch(part -> part.disk().equals(disk.disk()) && part.newest());
        if (newest && !chain.isEmpty()) {
            DesiredBitmap last = chain.removeLast();
            chain.add(new DesiredBitmap(last.name(), true, last.granularity(), last.dirtyBytesMin()));
        }
        return new DesiredDisk(
                disk.disk(), disk.virtualSize(), disk.file(), disk.backingDepth(), chain, disk.unwanted());
    }

    /** What somebody looked for before it was unwanted is not gone because it was not there yet. */
    private void believe(Sight.Observed observed, boolean current) {
        desired.operation()
                .filter(PushBackupOperation.class::isInstance)
                .map(PushBackupOperation.class::cast)
                .ifPresent(backup -> {
                    backup.checkpoint().ifPresent(checkpoint -> created(BitmapName.of(checkpoint.id())));
                    boolean begun = !backup.started() && !observed.jobs().isEmpty();
                    if (begun) {
                        desired = with(
                                desired,
                                desired.disks(),
                                Optional.of(
                                        Operations.started(backup, moments.getOrDefault(backup.id(), Moment.CRASH))),
                                desired.repositoryOperations());
                    }
                });
        Map<DiskName, DesiredDisk> former = new HashMap<>();
        desired.disks().forEach(disk -> former.put(disk.disk(), disk));
        List<DesiredDisk> disks = new ArrayList<>();
        for (ObservedDisk seen : observed.disks()) {
            DesiredDisk old = former.get(seen.facts().name());
            List<DesiredBitmap> chain = new ArrayList<>(old == null ? List.of() : old.chain());
            for (BitmapName name : created) {
                boolean listed = chain.stream().anyMatch(bitmap -> bitmap.name().equals(name));
                find(seen, name).filter(bitmap -> !listed && bitmap.recording()).ifPresent(bitmap -> {
                    chain.replaceAll(
                            one -> new DesiredBitmap(one.name(), false, one.granularity(), one.dirtyBytesMin()));
                    chain.add(new DesiredBitmap(
                            name,
                            true,
                            bitmap.granularity(),
                            bitmap.dirtyBytes() < bitmap.granularity()
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(bitmap.granularity())));
                });
            }
            boolean broken = chain.stream()
                    .anyMatch(bitmap -> find(seen, bitmap.name())
                            .filter(one -> !one.inconsistent() && !one.lostBits() && one.persistent())
                            .isEmpty());
            boolean deleting = desired.operation()
                    .filter(DeletionOperation.class::isInstance)
                    .isPresent();
            if (broken && !deleting) {
                chain.clear();
            }
            disks.add(new DesiredDisk(
                    seen.facts().name(),
                    seen.facts().virtualSize(),
                    seen.facts().file(),
                    seen.facts().backingDepth(),
                    chain,
                    old == null
                            ? List.of()
                            : old.unwanted().stream()
                                    .filter(name -> !current || find(seen, name).isPresent())
                                    .toList()));
        }
        desired = with(desired, disks, desired.operation(), desired.repositoryOperations());
    }

    private static Optional<ObservedBitmap> find(ObservedDisk disk, BitmapName name) {
        return disk.bitmaps().stream()
                .filter(bitmap -> bitmap.name().equals(Optional.of(name.value())))
                .findFirst();
    }

    /** With what of the things in sight may be put away: those of operations that were asked for and have ended. */
    private Desired answer(Sight sight) {
        List<String> removable = new ArrayList<>();
        if (sight instanceof Sight.Observed seen) {
            List<String> names = new ArrayList<>(seen.nodes());
            names.addAll(seen.exports());
            names.addAll(seen.secretNames());
            seen.jobs().forEach(job -> names.add(job.id()));
            seen.disks()
                    .forEach(disk -> disk.bitmaps()
                            .forEach(bitmap -> bitmap.name()
                                    .filter(name -> name.startsWith(BitmapName.TEMPORARY_PREFIX))
                                    .ifPresent(names::add)));
            names.stream()
                    .filter(name -> known.stream().anyMatch(operation -> name.contains(operation.value())))
                    .filter(name -> desired.operation()
                            .filter(operation -> name.contains(operation.id().value()))
                            .isEmpty())
                    .distinct()
                    .forEach(removable::add);
        }
        return new Desired(
                desired.machine(),
                desired.name(),
                desired.host(),
                desired.version(),
                desired.qmpSocket(),
                desired.disks(),
                desired.operation(),
                desired.repositoryOperations(),
                desired.qgaSocket(),
                removable,
                desired.frozenBy(),
                Optional.empty(),
                Optional.empty());
    }

    private Desired withVersion(long version) {
        return new Desired(
                desired.machine(),
                desired.name(),
                desired.host(),
                version,
                desired.qmpSocket(),
                desired.disks(),
                desired.operation(),
                desired.repositoryOperations(),
                desired.qgaSocket(),
                List.of(),
                desired.frozenBy(),
                Optional.empty(),
                Optional.empty());
    }

    static Desired with(
            Desired base,
            List<DesiredDisk> disks,
            Optional<Operation> operation,
            List<RepositoryOperation> repositoryOperations) {
        return new Desired(
                base.machine(),
                base.name(),
                base.host(),
                base.version(),
                base.qmpSocket(),
                disks,
                operation,
                repositoryOperations,
                base.qgaSocket(),
                base.removable(),
                base.frozenBy(),
                Optional.empty(),
                Optional.empty());
    }
}
