package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.Merge;
import dev.tidemark.gateway.act.repository.Manifest.Merges;
import dev.tidemark.gateway.act.repository.Manifest.Replaced;
import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives merged images the places of those that they were made from. Invariant: at any moment each of the backup's files is the old
 * one or the new one, whole, and the manifest, durably, describes the one that lies there. So first the manifest tells of both, then
 * one file after the other is replaced under its name (which those above know it by), and last the manifest tells of the new ones
 * alone. Whatever is cut off between is a whole backup for every reader, and is finished by the next try.
 */
final class MergeSwap {
    private static final Logger LOG = LoggerFactory.getLogger(MergeSwap.class);

    private static final Map<MachineId, ReadWriteLock> EXCHANGES = new ConcurrentHashMap<>();

    private final MachineId machine;
    private final BackupId backup;
    private final Descriptor directory;
    private final MergeDirectory drafts;
    private final CrashHook crash;

    /** In that directory of the backup's, which its caller holds for as long. */
    MergeSwap(MachineId machine, BackupId backup, Descriptor directory, MergeDirectory drafts, CrashHook crash) {
        this.machine = machine;
        this.backup = backup;
        this.directory = directory;
        this.drafts = drafts;
        this.crash = crash;
    }

    /** A manifest and the files that it tells of are seen together by whoever holds the reading side. */
    static ReadWriteLock exchange(MachineId machine) {
        return EXCHANGES.computeIfAbsent(machine, key -> new ReentrantReadWriteLock());
    }

    /** The images lie, compared and durable, in the merge's directory under the names of those that they replace. */
    Manifest replace(Manifest manifest, OperationId operation, List<StoredDisk> merged) throws IOException {
        List<StoredDisk> before = merged.stream()
                .map(disk -> manifest.disk(disk.disk()).orElseThrow())
                .toList();
        List<Merge> history = new ArrayList<>(manifest.merges());
        history.add(new Merge(
                operation,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                before.stream()
                        .map(disk -> new Replaced(disk.disk(), disk.parent().orElseThrow(), disk.sha256()))
                        .toList()));
        List<StoredDisk> after = new ArrayList<>(manifest.disks());
        for (StoredDisk disk : merged) {
            after.replaceAll(old -> old.disk().equals(disk.disk()) ? disk : old);
        }
        for (StoredDisk disk : before) {
            drafts.requireOurs(disk.file());
        }
        Manifest both = manifest.merged(new Merges(history, before), after);
        ManifestFile.write(directory.path(), both);
        crash.at(CrashPoint.MERGE_ANNOUNCED);
        return finish(both, names(before));
    }

    /** Ends an exchange that was cut off, if there is one; a draft that is not what was announced is left out. */
    void resume() throws IOException, InterruptedException {
        Manifest both = ManifestFile.readAsWritten(directory.path(), machine, backup);
        if (both.replaced().isEmpty()) {
            return;
        }
        Set<DiskName> sound = new HashSet<>();
        for (StoredDisk before : both.replaced()) {
            StoredDisk after = both.disk(before.disk()).orElseThrow();
            if (!drafts.exists()) {
                break;
            }
            Path draft = drafts.path().resolve(after.file());
            if (DurableFiles.attributes(draft).isEmpty()) {
                continue;
            }
            if (isWhole(draft, after)) {
                sound.add(after.disk());
            } else {
                LOG.warn("the draft of disk {} in {} is not what was merged: it stays as it is", after.disk(), drafts);
            }
        }
        finish(both, sound);
    }

    private static boolean isWhole(Path draft, StoredDisk stored) throws IOException, InterruptedException {
        return FileDigest.ofMedium(draft, bytes -> {}).equals(new FileDigest(stored.fileSize(), stored.sha256()));
    }

    private Manifest finish(Manifest both, Set<DiskName> drafted) throws IOException {
        exchange(machine).writeLock().lock();
        try {
            for (StoredDisk before : both.replaced()) {
                if (drafted.contains(before.disk())) {
                    drafts.requireOurs(before.file());
                    Path draft = drafts.path().resolve(before.file());
                    Files.move(draft, directory.path().resolve(before.file()), StandardCopyOption.ATOMIC_MOVE);
                    crash.at(CrashPoint.MERGE_FILE_SWAPPED);
                }
            }
            DurableFiles.sync(directory.path());
            crash.at(CrashPoint.MERGE_FILES_SWAPPED);
            Manifest ended = ended(both);
            ManifestFile.write(directory.path(), ended);
            crash.at(CrashPoint.MERGE_FINISHED);
            return ended;
        } finally {
            exchange(machine).writeLock().unlock();
        }
    }

    /** What lies there decides; what could not be replaced was not merged. */
    private Manifest ended(Manifest both) throws IOException {
        List<StoredDisk> lying =
                ManifestFile.read(directory.path(), machine, backup).disks();
        Set<DiskName> stayed = new HashSet<>();
        for (StoredDisk before : both.replaced()) {
            if (lying.contains(before)) {
                stayed.add(before.disk());
            }
        }
        List<Merge> history = new ArrayList<>(both.merges());
        Merge last = history.removeLast();
        List<Replaced> done = last.disks().stream()
                .filter(disk -> !stayed.contains(disk.disk()))
                .toList();
        if (!done.isEmpty()) {
            history.add(new Merge(last.operation(), last.mergedAt(), done));
        }
        return both.merged(new Merges(history, List.of()), lying);
    }

    private static Set<DiskName> names(List<StoredDisk> disks) {
        Set<DiskName> names = new HashSet<>();
        disks.forEach(disk -> names.add(disk.disk()));
        return names;
    }
}
