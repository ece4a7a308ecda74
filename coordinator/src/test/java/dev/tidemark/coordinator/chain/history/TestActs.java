package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** Operations as transactions on the fake QEMU. An empty outcome: there is nothing to tell but what a look shows. */
final class TestActs {
    private final FakeQemu qemu;
    private final Map<RepositoryName, FakeRepository> repositories;
    private final Random dice;
    private final Sabotage sabotage;
    private final Runnable guestWrite;

    TestActs(
            FakeQemu qemu,
            Map<RepositoryName, FakeRepository> repositories,
            Random dice,
            Sabotage sabotage,
            Runnable guestWrite) {
        this.qemu = qemu;
        this.repositories = repositories;
        this.dice = dice;
        this.sabotage = sabotage;
        this.guestWrite = guestWrite;
    }

    Optional<Outcome> act(Operation operation) {
        return switch (operation) {
            case CheckpointOperation create -> create(create);
            case DeletionOperation delete -> delete(delete);
            case PushBackupOperation backup -> backup(backup);
            case PullBackupOperation pull -> throw new IllegalStateException("nobody asks for it here: " + pull);
        };
    }

    private static Optional<Outcome> seen() {
        return Optional.of(new Outcome.Done(new Outcome.Evidence.Seen()));
    }

    private boolean holds(DiskName disk, String bitmap) {
        return qemu.plugged().stream().anyMatch(there -> there.name.equals(disk) && there.bitmaps.containsKey(bitmap));
    }

    private Optional<Outcome> create(CheckpointOperation create) {
        String name = create.bitmap().value();
        if (create.disks().stream().anyMatch(disk -> holds(disk.disk(), name))) {
            return seen();
        }
        if (sabotage == Sabotage.CREATION_IN_TWO_STEPS) {
            create.disks().forEach(this::disablePrevious);
            guestWrite.run();
        }
        qemu.transaction(() -> {
            for (NewBitmap disk : create.disks()) {
                qemu.add(disk.disk(), name, true);
                disablePrevious(disk);
            }
        });
        return seen();
    }

    private void disablePrevious(NewBitmap disk) {
        disk.previous().ifPresent(previous -> qemu.disable(disk.disk(), previous.value()));
    }

    private Optional<Outcome> delete(DeletionOperation delete) {
        String name = delete.bitmap().value();
        if (delete.disks().stream().noneMatch(disk -> holds(disk.disk(), name))) {
            return Optional.empty(); // not our doing: the next look tells it without a word from us
        }
        qemu.transaction(() -> delete.disks().forEach(disk -> delete(disk, name)));
        return seen();
    }

    private void delete(BitmapDeletion deletion, String name) {
        DiskName disk = deletion.disk();
        FakeDisk real = qemu.disk(disk);
        if (deletion.previous().isPresent()) {
            String into = deletion.previous().get().value();
            if (deletion.newest()) {
                qemu.enable(disk, into);
            }
            if (sabotage != Sabotage.DELETION_DOES_NOT_MERGE) {
                qemu.merge(disk, into, name);
            }
        }
        qemu.remove(disk, name);
        real.truths.remove(name);
    }

    private Optional<Outcome> backup(PushBackupOperation backup) {
        FakeRepository repository = Objects.requireNonNull(repositories.get(backup.repository()));
        if (repository.holds(backup.backup())) {
            qemu.endJob(backup.id());
            return stored(repository, backup);
        }
        FakeQemu.Job job = qemu.jobs.get(backup.id());
        if (job != null) {
            return backup.abort() ? abort(backup) : end(backup, repository, job);
        }
        if (backup.started()) {
            return refused(FailureCode.JOB_GONE, "the job is not there any more", Optional.empty());
        }
        if (backup.abort()) {
            return abort(backup);
        }
        for (DiskBackup disk : backup.disks()) {
            Optional<DiskName> baseless = disk.plan()
                    .parent()
                    .filter(parent -> !repository.whole(parent, disk.plan().disk()))
                    .map(parent -> disk.plan().disk());
            if (baseless.isPresent()) {
                return refused(FailureCode.BASE_BACKUP_MISSING, "the base is not there", baseless);
            }
        }
        start(backup);
        boolean quick = dice.nextInt(4) == 0;
        if (quick) {
            FakeQemu.Job started = Objects.requireNonNull(qemu.jobs.get(backup.id()));
            started.concluded = true;
            return end(backup, repository, started);
        }
        return Optional.empty();
    }

    private static Optional<Outcome> refused(FailureCode code, String detail, Optional<DiskName> disk) {
        return Optional.of(new Outcome.Refused(code, detail, disk));
    }

    private Optional<Outcome> abort(PushBackupOperation backup) {
        qemu.endJob(backup.id());
        return refused(FailureCode.ABORTED, "ended on request", Optional.empty());
    }

    private Optional<Outcome> end(PushBackupOperation backup, FakeRepository repository, FakeQemu.Job job) {
        if (!job.concluded) {
            return Optional.empty();
        }
        if (job.failed && sabotage != Sabotage.FAILED_JOB_REPORTED_AS_DONE) {
            if (sabotage == Sabotage.FAILURE_CLEARS_THE_BITMAP) {
                backup.disks().forEach(disk -> disk.merge().forEach(bitmap -> clear(disk, bitmap)));
            }
            qemu.endJob(backup.id());
            return refused(FailureCode.JOB_FAILED, "No space left on device", Optional.empty());
        }
        repository.store(backup.backup(), job.disks);
        if (dice.nextInt(10) > 0) {
            qemu.endJob(backup.id());
        }
        return stored(repository, backup);
    }

    private void clear(DiskBackup disk, BitmapName bitmap) {
        FakeBitmap there = qemu.disk(disk.plan().disk()).bitmaps.get(bitmap.value());
        if (there != null) {
            there.bits = 0;
        }
    }

    private static Optional<Outcome> stored(FakeRepository repository, PushBackupOperation backup) {
        List<CompletedDisk> disks = repository.disks(backup.backup()).stream()
                .map(stored -> new CompletedDisk(
                        stored.plan().disk(),
                        stored.plan().kind(),
                        stored.plan().since(),
                        stored.plan().parent(),
                        Long.bitCount(stored.mask()) * FakeBitmap.GRANULARITY,
                        stored.plan().disk() + ".qcow2",
                        1,
                        "00",
                        stored.size() * FakeBitmap.GRANULARITY))
                .toList();
        return Optional.of(new Outcome.Done(new Outcome.Evidence.Stored(disks)));
    }

    private void start(PushBackupOperation backup) {
        boolean early = sabotage == Sabotage.BACKUP_BEFORE_THE_CHECKPOINT;
        if (early) {
            qemu.transaction(() -> startJob(backup));
            guestWrite.run();
            qemu.transaction(() -> addCheckpoint(backup));
        } else {
            qemu.transaction(() -> {
                startJob(backup);
                addCheckpoint(backup);
            });
        }
    }

    private void addCheckpoint(PushBackupOperation backup) {
        for (DiskBackup disk : backup.disks()) {
            if (disk.tracked()) {
                DiskName name = disk.plan().disk();
                backup.checkpoint()
                        .ifPresent(checkpoint ->
                                qemu.add(name, BitmapName.of(checkpoint.id()).value(), true));
                disk.previous().ifPresent(previous -> qemu.disable(name, previous.value()));
            }
        }
    }

    private void startJob(PushBackupOperation backup) {
        FakeQemu.Job job = new FakeQemu.Job();
        for (DiskBackup disk : backup.disks()) {
            job.disks.add(copied(backup, disk));
        }
        qemu.jobs.put(backup.id(), job);
    }

    private StoredDisk copied(PushBackupOperation backup, DiskBackup disk) {
        FakeDisk real = qemu.disk(disk.plan().disk());
        if (disk.plan().kind() == BackupKind.FULL) {
            return new StoredDisk(disk.plan(), real.size, -1L, real.content.copy(), 0, false);
        }
        String temporary = BitmapName.temporary(backup.id());
        qemu.add(real.name, temporary, false);
        List<BitmapName> merge = disk.merge();
        for (int index = 0; index < merge.size(); index++) {
            boolean forgotten = sabotage == Sabotage.MIDDLE_BITMAP_FORGOTTEN && index > 0 && index < merge.size() - 1;
            if (!forgotten) {
                qemu.merge(real.name, temporary, merge.get(index).value());
            }
        }
        FakeDisk.Truth truth = disk.plan()
                .since()
                .map(since -> real.truths.get(BitmapName.of(since).value()))
                .orElse(null);
        return new StoredDisk(
                disk.plan(),
                real.size,
                qemu.usable(real.name, temporary).bits,
                real.content.copy(),
                truth == null ? -1L : truth.touched,
                truth == null || truth.lost);
    }
}
