package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the log says of the files of a backup and of those below it. A manifest that was rewritten together with its file agrees with
 * it, and not with this. Of a backup that the log does not know it says nothing.
 */
record LogRecord(List<RecordedFile> files) {
    LogRecord {
        files = List.copyOf(files);
    }

    /** Empty if the manifest tells of the file what the log does. */
    Optional<DamagedDisk> objection(Layer layer) {
        return objection(layer.backup(), layer.stored()).map(layer::damaged);
    }

    /** The same in words, for what is no file. */
    Optional<String> objection(BackupId backup, StoredDisk stored) {
        return file(backup, stored.disk()).flatMap(recorded -> objection(recorded, stored));
    }

    /** Disks that the log has in the backup, and its manifest does not. */
    List<DamagedDisk> leftOut(MachineId machine, BackupId backup, Manifest manifest) {
        List<DamagedDisk> missing = new ArrayList<>();
        for (RecordedFile recorded : files) {
            if (recorded.backup().equals(backup)
                    && manifest.disk(recorded.disk()).isEmpty()) {
                missing.add(new DamagedDisk(
                        recorded.disk(),
                        RepositoryTree.relative(machine, backup, RepositoryTree.file(recorded.disk())),
                        "the log has it in the backup, and the manifest does not"));
            }
        }
        return missing;
    }

    private Optional<RecordedFile> file(BackupId backup, DiskName disk) {
        return files.stream()
                .filter(recorded ->
                        recorded.backup().equals(backup) && recorded.disk().equals(disk))
                .findFirst();
    }

    private static Optional<String> objection(RecordedFile recorded, StoredDisk stored) {
        if (!recorded.sha256().equals(stored.sha256()) || recorded.fileSize() != stored.fileSize()) {
            return Optional.of("its manifest is not that of the log: " + stored.fileSize() + " bytes of sha256 "
                    + stored.sha256() + ", in the log " + recorded.fileSize() + " bytes of " + recorded.sha256());
        }
        if (!recorded.parent().equals(stored.parent())) {
            return Optional.of("its manifest is not that of the log: it stands on " + named(stored.parent())
                    + ", in the log on " + named(recorded.parent()));
        }
        return Optional.empty();
    }

    private static String named(Optional<BackupId> parent) {
        return parent.map(BackupId::value).orElse("nothing");
    }
}
