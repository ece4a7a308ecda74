package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.act.export.TlsCredentials;
import dev.tidemark.gateway.act.repository.BackupFacts;
import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.OpenExport;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.act.repository.Scratch;
import dev.tidemark.gateway.model.Cells;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.qmp.NbdListening;
import dev.tidemark.gateway.reconcile.Storage;
import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The repositories of the host. They outlive every gateway; a rename is the moment at which files become a backup. */
final class PlayedStorage {
    /** Of one disk: where its file lies, and what the disk was at the backup's moment. */
    record Stored(
            DiskPlan plan,
            String file,
            long bytes,
            @Nullable Moment moment) {}

    /** A directory, {@code .partial} or not. */
    private static final class Held {
        final BackupOperation operation;
        final MachineName machine;
        final Map<DiskName, Stored> disks = new LinkedHashMap<>();
        boolean planned;

        @Nullable
        Manifest manifest;

        Held(BackupOperation operation, MachineName machine) {
            this.operation = operation;
            this.machine = machine;
        }
    }

    private final Simulation simulation;
    private final Map<RepositoryName, Map<BackupId, Held>> partials = new LinkedHashMap<>();
    private final Map<RepositoryName, Map<BackupId, Held>> completed = new LinkedHashMap<>();
    private final Map<String, PlayedMachine.Target> targets = new HashMap<>();
    private boolean socketThere;

    PlayedStorage(Simulation simulation, List<RepositoryName> repositories) {
        this.simulation = simulation;
        for (RepositoryName repository : repositories) {
            partials.put(repository, new LinkedHashMap<>());
            completed.put(repository, new LinkedHashMap<>());
        }
    }

    /** QEMU makes the socket, and removes it when it stops serving; one that is killed leaves it behind. */
    void served() {
        socketThere = true;
    }

    void noLongerServed() {
        socketThere = false;
    }

    boolean isSocketThere() {
        return socketThere;
    }

    PlayedMachine.Target target(String file) {
        return Objects.requireNonNull(targets.get(file), file);
    }

    List<BackupId> backups(RepositoryName repository) {
        return List.copyOf(of(completed, repository).keySet());
    }

    List<String> partialNames() {
        List<String> names = new ArrayList<>();
        partials.forEach((repository, held) -> held.keySet().forEach(backup -> names.add(repository + "/" + backup)));
        names.sort(Comparator.naturalOrder());
        return names;
    }

    /** What lies there of a completed backup. */
    List<Stored> stored(RepositoryName repository, BackupId backup) {
        Held held = of(completed, repository).get(backup);
        return held == null ? List.of() : List.copyOf(held.disks.values());
    }

    /** The disk as a restore by hand gives it; empty if a file is not there. */
    Optional<Cells> restored(RepositoryName repository, BackupId backup, DiskName disk) {
        Held held = of(completed, repository).get(backup);
        return held == null || !isWhole(repository, backup, disk)
                ? Optional.empty()
                : Optional.of(simulation.machine.host.read(
                        Objects.requireNonNull(held.disks.get(disk)).file()));
    }

    /** Whether the disk's file is there, and all that it stands on. */
    boolean isWhole(RepositoryName repository, BackupId backup, DiskName disk) {
        Held held = of(completed, repository).get(backup);
        if (held == null || !held.disks.containsKey(disk)) {
            return false;
        }
        return Objects.requireNonNull(held.disks.get(disk))
                .plan()
                .parent()
                .map(parent -> isWhole(repository, parent, disk))
                .orElse(true);
    }

    /** Another hand deletes a directory. */
    void vanish(RepositoryName repository, BackupId backup) {
        Held held = of(completed, repository).remove(backup);
        if (held != null) {
            held.disks.values().forEach(stored -> simulation.machine.host.remove(stored.file()));
        }
    }

    Storage of(GatewayLife life) {
        return new Access(life);
    }

    private static Map<BackupId, Held> of(Map<RepositoryName, Map<BackupId, Held>> all, RepositoryName repository) {
        return Objects.requireNonNull(all.get(repository));
    }

    private static RepositoryException failed(String what) {
        return new RepositoryException(FailureCode.REPOSITORY_FAILED, what + ": Input/output error");
    }

    /** As one gateway uses it. */
    private final class Access implements Storage {
        private final GatewayLife life;

        Access(GatewayLife life) {
            this.life = life;
        }

        private boolean fails(Site site) {
            simulation.pass(life, site, false);
            return simulation.fault(site) != Fault.NONE;
        }

        @Override
        public List<String> partialBackups(MachineId machine) {
            // What cannot be read has none to show.
            return fails(Site.PARTIALS) ? List.of() : partialNames();
        }

        @Override
        public void discardPartial(MachineId machine, String partial) throws RepositoryException {
            Fault fault = before(Site.DISCARD);
            int slash = partial.indexOf('/');
            discard(new RepositoryName(partial.substring(0, slash)), new BackupId(partial.substring(slash + 1)));
            after(Site.DISCARD, fault);
        }

        @Override
        public Optional<Manifest> completed(RepositoryName repository, MachineId machine, BackupId backup)
                throws RepositoryException {
            before(Site.COMPLETED);
            Held held = of(completed, repository).get(backup);
            if (held == null && simulation.saboteur == Saboteur.MANIFEST_BELIEVED_EARLY) {
                held = of(partials, repository).get(backup);
                return Optional.ofNullable(held)
                        .filter(partial -> partial.planned)
                        .map(partial -> manifest(partial, Map.of()));
            }
            return Optional.ofNullable(held).map(there -> there.manifest);
        }

        @Override
        public PartialBackup begin(
                MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> facts)
                throws RepositoryException {
            Fault fault = before(Site.BEGIN);
            RepositoryName repository = operation.repository();
            discard(repository, operation.backup());
            for (DiskBackup disk : operation.disks()) {
                DiskName diskName = disk.plan().disk();
                Optional<BackupId> parent = disk.plan().parent();
                if (parent.isPresent() && !isWhole(repository, parent.get(), diskName)) {
                    throw new RepositoryException(
                            FailureCode.BASE_BACKUP_MISSING, diskName, "cannot stand on " + parent.get());
                }
            }
            Held held = new Held(operation, name);
            of(partials, repository).put(operation.backup(), held);
            simulation.pass(life, Site.BEGIN, true);
            for (DiskBackup disk : operation.disks()) {
                long bytes =
                        Objects.requireNonNull(facts.get(disk.plan().disk())).virtualSize();
                String file = directory(repository, operation.backup()) + ".partial/"
                        + disk.plan().disk() + ".qcow2";
                Optional<String> backing = disk.plan()
                        .parent()
                        .map(parent -> directory(repository, parent) + "/"
                                + disk.plan().disk() + ".qcow2");
                simulation.machine.host.create(file, bytes, backing);
                targets.put(file, new PlayedMachine.Target(file, bytes, backing));
                held.disks.put(disk.plan().disk(), new Stored(disk.plan(), file, bytes, null));
            }
            held.planned = true;
            after(Site.BEGIN, fault);
            return new Partial(repository, operation.backup(), held);
        }

        @Override
        public Optional<PartialBackup> partial(RepositoryName repository, MachineId machine, BackupId backup)
                throws RepositoryException {
            before(Site.PARTIAL);
            return Optional.ofNullable(of(partials, repository).get(backup))
                    .filter(held -> held.planned)
                    .map(held -> new Partial(repository, backup, held));
        }

        @Override
        public Scratch beginScratch(MachineId machine, PullBackupOperation operation, Map<DiskName, DiskFacts> facts)
                throws RepositoryException {
            Fault fault = before(Site.BEGIN_SCRATCH);
            RepositoryName repository = operation.repository();
            discard(repository, operation.backup());
            Held held = new Held(operation, new MachineName("pulled"));
            of(partials, repository).put(operation.backup(), held);
            simulation.pass(life, Site.BEGIN_SCRATCH, true);
            for (DiskBackup disk : operation.disks()) {
                DiskName name = disk.plan().disk();
                long bytes = Objects.requireNonNull(facts.get(name)).virtualSize();
                String file = directory(repository, operation.backup()) + ".partial/" + name + ".scratch";
                simulation.machine.host.create(file, bytes, Optional.empty());
                targets.put(file, new PlayedMachine.Target(file, bytes, Optional.empty()));
                held.disks.put(name, new Stored(disk.plan(), file, bytes, null));
            }
            after(Site.BEGIN_SCRATCH, fault);
            return new PlayedScratch(held);
        }

        @Override
        public Optional<Scratch> scratch(MachineId machine, PullBackupOperation operation) throws RepositoryException {
            before(Site.SCRATCH);
            return Optional.ofNullable(of(partials, operation.repository()).get(operation.backup()))
                    .filter(held -> held.disks.size() == operation.disks().size())
                    .map(PlayedScratch::new);
        }

        @Override
        public ExportSocket exportSocket(MachineId machine) {
            return new PlayedSocket();
        }

        /** Files that never become a backup. */
        private static final class PlayedScratch implements Scratch {
            private final Held held;

            PlayedScratch(Held held) {
                this.held = held;
            }

            @Override
            public Path file(DiskName disk) {
                return Path.of(Objects.requireNonNull(held.disks.get(disk)).file());
            }

            @Override
            public void requireOpened(DiskName disk) {
                // The played QEMU knows files by their names alone: nobody can exchange one.
            }

            @Override
            public long bytes() {
                return PlayedMachine.CELL_BYTES;
            }
        }

        private final class PlayedSocket implements ExportSocket {
            @Override
            public NbdListening listening() {
                return new NbdListening.Unix(Path.of("/exports/vm.nbd"));
            }

            @Override
            public Optional<TlsCredentials> tls() {
                return Optional.empty();
            }

            @Override
            public String uri(String export) {
                return "nbd+unix:///" + export + "?socket=/exports/vm.nbd";
            }

            @Override
            public void clear() {
                remove();
            }

            @Override
            public void prepare() throws IOException {
                if (fails(Site.SOCKET)) {
                    throw new IOException("as played");
                }
            }

            @Override
            public boolean exists() {
                return socketThere;
            }

            @Override
            public boolean isServed() {
                ModelDaemon daemon = simulation.machine.daemon();
                return socketThere && daemon != null && daemon.server().isPresent();
            }

            @Override
            public void remove() {
                socketThere = false;
            }
        }

        @Override
        public long room(Path target) throws IOException {
            simulation.pass(life, Site.ROOM, false);
            return switch (simulation.fault(Site.ROOM)) {
                case LOST_BEFORE -> throw new IOException("as played");
                case REFUSED -> 0;
                default -> 1L << 40;
            };
        }

        @Override
        public OpenExport export(RestoreExportOperation operation, MachineId machine) {
            throw new IllegalStateException("nobody asks for an export here: " + operation);
        }

        @Override
        public List<OperationId> exportsLeft(MachineId machine) {
            return List.of();
        }

        @Override
        public void endLeft(MachineId machine, OperationId export) {
            throw new IllegalStateException("nothing was left: " + export);
        }

        @Override
        public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
                throws InterruptedException {
            life.checkInterrupt();
            if (fails(Site.ERRAND)) {
                return new Outcome.Refused(FailureCode.REPOSITORY_FAILED, "as played");
            }
            if (operation instanceof DeleteBackupOperation delete) {
                return delete(delete);
            }
            if (operation instanceof AbortOperation) {
                return new Outcome.Refused(FailureCode.ABORTED, "as asked");
            }
            Held held = of(completed, operation.repository()).get(operation.backup());
            if (held == null) {
                return new Outcome.Refused(FailureCode.REPOSITORY_FAILED, "there is no such backup");
            }
            Outcome outcome = switch (operation) {
                case VerifyOperation _ -> new Outcome.Done(new Outcome.Evidence.Verified(1));
                case RestoreOperation restore -> restore(restore, held);
                case DeleteBackupOperation delete -> delete(delete);
                case RestoreExportOperation export ->
                    throw new IllegalStateException("it is served by another: " + export);
                case MergeBackupOperation merge -> merge(merge, held);
                case AbortOperation abort -> throw new IllegalStateException("done before: " + abort);
            };
            simulation.pass(life, Site.ERRAND, true);
            return outcome;
        }

        /** The rename is the moment at which it is no backup any more; what its files are is then nobody's matter. */
        private Outcome delete(DeleteBackupOperation operation) {
            Map<BackupId, Held> there = of(completed, operation.repository());
            Held held = there.remove(operation.backup());
            if (held != null) {
                simulation.judge.setAside(operation.backup());
                simulation.pass(life, Site.ERRAND, true);
                held.disks.values().forEach(stored -> simulation.machine.host.remove(stored.file()));
                if (simulation.saboteur == Saboteur.DELETES_ONE_TOO_MANY) {
                    held.disks.values().stream()
                            .flatMap(stored -> stored.plan().parent().stream())
                            .forEach(there::remove);
                }
            }
            simulation.pass(life, Site.ERRAND, true);
            return new Outcome.Done(new Outcome.Evidence.Removed(held == null ? 0 : 1));
        }

        /** Disk after disk, so that a crash leaves some of them done; those are told of as they are. */
        private Outcome merge(MergeBackupOperation operation, Held held) {
            List<MergedDisk> merged = new ArrayList<>();
            for (DiskMerge merge : operation.disks()) {
                Stored stored = Objects.requireNonNull(held.disks.get(merge.disk()));
                boolean isDone = stored.plan().parent().equals(merge.onto());
                if (!isDone && simulation.saboteur != Saboteur.MERGE_NEVER_DONE) {
                    List<Stored> taken = new ArrayList<>();
                    Optional<BackupId> below = stored.plan().parent();
                    while (!below.equals(merge.onto())) {
                        Held layer = below.map(of(completed, operation.repository())::get)
                                .orElse(null);
                        if (layer == null || !layer.disks.containsKey(merge.disk())) {
                            return new Outcome.Refused(FailureCode.BACKUP_DAMAGED, "a layer is not there: " + below);
                        }
                        taken.add(Objects.requireNonNull(layer.disks.get(merge.disk())));
                        below = taken.getLast().plan().parent();
                    }
                    simulation.pass(life, Site.ERRAND, true);
                    held.disks.put(merge.disk(), merged(operation.repository(), stored, taken, merge.onto()));
                    simulation.machine.changed();
                }
                Stored now = Objects.requireNonNull(held.disks.get(merge.disk()));
                boolean full = merge.onto().isEmpty();
                merged.add(new MergedDisk(
                        merge.parent(),
                        "00",
                        new CompletedDisk(
                                merge.disk(),
                                full ? BackupKind.FULL : BackupKind.INCREMENTAL,
                                now.plan().since(),
                                merge.onto(),
                                1,
                                simulation.id + "/" + operation.backup() + "/" + merge.disk() + ".qcow2",
                                1,
                                "11",
                                now.bytes())));
                simulation.pass(life, Site.ERRAND, true);
            }
            return new Outcome.Done(new Outcome.Evidence.Merged(merged));
        }

        private Stored merged(RepositoryName repository, Stored stored, List<Stored> taken, Optional<BackupId> onto) {
            List<String> files =
                    new ArrayList<>(taken.stream().map(Stored::file).toList());
            if (simulation.saboteur == Saboteur.MERGE_FORGETS_A_LAYER) {
                files.removeLast();
            }
            simulation.machine.host.merge(
                    stored.file(),
                    files,
                    onto.map(base ->
                            directory(repository, base) + "/" + stored.plan().disk() + ".qcow2"));
            DiskPlan plan = new DiskPlan(
                    stored.plan().disk(),
                    onto.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                    taken.getLast().plan().since(),
                    onto,
                    Optional.empty(),
                    "merged");
            return new Stored(plan, stored.file(), stored.bytes(), stored.moment());
        }

        private Outcome restore(RestoreOperation operation, Held held) {
            List<RestoredDisk> disks = new ArrayList<>();
            for (Stored stored : held.disks.values()) {
                if (restored(
                                operation.repository(),
                                operation.backup(),
                                stored.plan().disk())
                        .isEmpty()) {
                    return new Outcome.Refused(FailureCode.BACKUP_DAMAGED, "a file that it stands on is not there");
                }
                disks.add(new RestoredDisk(
                        stored.plan().disk(),
                        operation.directory() + "/" + stored.plan().disk(),
                        operation.format(),
                        stored.bytes()));
            }
            return new Outcome.Done(new Outcome.Evidence.Restored(disks));
        }

        private Fault before(Site site) throws RepositoryException {
            simulation.pass(life, site, false);
            Fault fault = simulation.fault(site);
            if (fault == Fault.LOST_BEFORE) {
                throw failed(site.name());
            }
            return fault;
        }

        private void after(Site site, Fault fault) throws RepositoryException {
            simulation.pass(life, site, true);
            if (fault == Fault.LOST_AFTER) {
                throw failed(site.name());
            }
        }

        private void discard(RepositoryName repository, BackupId backup) {
            Held gone = of(partials, repository).remove(backup);
            if (gone != null) {
                gone.disks.values().forEach(stored -> simulation.machine.host.remove(stored.file()));
                simulation.machine.changed();
            }
        }

        private static String directory(RepositoryName repository, BackupId backup) {
            return "/repositories/" + repository + "/" + backup;
        }

        private Manifest manifest(Held held, Map<DiskName, Long> bytes) {
            List<Manifest.StoredDisk> disks = held.disks.values().stream()
                    .map(stored -> new Manifest.StoredDisk(
                            stored.plan().disk(),
                            stored.plan().kind(),
                            stored.plan().since(),
                            stored.plan().parent(),
                            stored.plan().cause(),
                            stored.plan().detail(),
                            stored.plan().disk() + ".qcow2",
                            stored.bytes(),
                            1,
                            bytes.getOrDefault(stored.plan().disk(), 0L),
                            "00"))
                    .toList();
            return new Manifest(
                    Manifest.FORMAT_VERSION,
                    held.operation.backup(),
                    simulation.id,
                    held.machine,
                    held.operation.id(),
                    held.operation.requestedAt(),
                    Optional.empty(),
                    held.operation.checkpoint(),
                    new dev.tidemark.schema.event.QemuFacts(
                            "7.2.22", java.util.OptionalLong.empty(), java.util.OptionalLong.empty()),
                    held.operation instanceof PushBackupOperation push ? push.compression() : Optional.empty(),
                    Optional.empty(),
                    held.operation.moment(),
                    Optional.empty(),
                    disks);
        }

        /** Its files are there; nothing calls it a backup. */
        private final class Partial implements PartialBackup {
            private final RepositoryName repository;
            private final BackupId backup;
            private final Held held;

            Partial(RepositoryName repository, BackupId backup, Held held) {
                this.repository = repository;
                this.backup = backup;
                this.held = held;
            }

            @Override
            public Path target(DiskName disk) {
                return Path.of(Objects.requireNonNull(held.disks.get(disk)).file());
            }

            @Override
            public void requireOpened(DiskName disk) {
                // The played QEMU knows files by their names alone: nobody can exchange one.
            }

            @Override
            public Manifest complete(BackupFacts facts, ProgressListener progress)
                    throws RepositoryException, InterruptedException {
                life.checkInterrupt();
                Fault fault = before(Site.COMPLETE);
                if (of(partials, repository).get(backup) != held) {
                    throw failed("the unfinished backup is gone");
                }
                for (Stored stored : held.disks.values()) {
                    simulation.judge.flushed(backup, stored, simulation.machine.isFlushed(stored.file()));
                }
                life.elapse(simulation.world.dice.milliseconds(300));
                simulation.pass(life, Site.COMPLETE, true);
                if (of(partials, repository).get(backup) != held) {
                    throw failed("the unfinished backup is gone");
                }
                Manifest manifest = manifest(held, facts.bytesCopied());
                for (Map.Entry<DiskName, Stored> entry : held.disks.entrySet()) {
                    Stored stored = entry.getValue();
                    String file = directory(repository, backup) + "/" + entry.getKey() + ".qcow2";
                    simulation.machine.host.put(
                            file, simulation.machine.host.image(stored.file()).orElseThrow());
                    simulation.machine.host.remove(stored.file());
                    entry.setValue(new Stored(
                            stored.plan(),
                            file,
                            stored.bytes(),
                            simulation.machine.moment(stored.file()).orElse(null)));
                }
                held.manifest = manifest;
                if (simulation.judge.isOrphan(repository, List.copyOf(held.disks.values()))) {
                    simulation.judge.orphaned(backup);
                }
                of(partials, repository).remove(backup);
                of(completed, repository).put(backup, held);
                simulation.machine.changed();
                after(Site.COMPLETE, fault);
                return manifest;
            }
        }
    }
}
