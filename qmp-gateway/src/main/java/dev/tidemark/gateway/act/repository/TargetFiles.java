package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.BackupPlan.PlannedDisk;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the files that QEMU is to write to, in a new directory. Both are held while they are filled, so that nothing is written
 * elsewhere, whatever is put in their places meanwhile.
 */
final class TargetFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TargetFiles.class);

    private final RepositoryTree tree;
    private final QemuImage images;

    TargetFiles(RepositoryTree tree, QemuImage images) {
        this.tree = tree;
        this.images = images;
    }

    void makeMachineDirectory(MachineId machine) throws IOException {
        Path directory = tree.machine(machine);
        if (DurableFiles.directoryExists(directory)) {
            return;
        }
        try (Descriptor root = Descriptor.ofDirectory(tree.root())) {
            DurableFiles.createDirectory(root.path().resolve(machine.value()));
        } catch (FileAlreadyExistsException raced) {
            LOG.debug("another backup of the machine made {} first", directory, raced);
            DurableFiles.directoryExists(directory);
        }
    }

    /** With the plan, last: whoever finds it finds everything else too. */
    void make(BackupPlan plan, Optional<EncryptionKey> key, MadeFiles made)
            throws IOException, RepositoryException, InterruptedException {
        try (Descriptor directory = makePartial(plan.machine(), plan.backup())) {
            make(plan, key, made, directory);
            StoredJson.write(directory.path().resolve(RepositoryTree.PLAN_FILE), plan);
        }
    }

    /** Of these sizes in bytes. */
    void makeScratch(
            MachineId machine, BackupId backup, Map<DiskName, Long> sizes, Optional<EncryptionKey> key, MadeFiles made)
            throws IOException, RepositoryException, InterruptedException {
        try (Descriptor directory = makePartial(machine, backup)) {
            for (Map.Entry<DiskName, Long> disk : sizes.entrySet()) {
                String name = ScratchFiles.name(disk.getKey());
                Descriptor file = made.create(directory, disk.getKey(), name);
                create(
                        file,
                        tree.partial(machine, backup).resolve(name),
                        key,
                        disk.getValue(),
                        Optional.empty(),
                        Optional.empty());
            }
        }
    }

    private Descriptor makePartial(MachineId machine, BackupId backup) throws IOException {
        Path directory = tree.partial(machine, backup);
        String name = String.valueOf(directory.getFileName());
        try (Descriptor above = Descriptor.ofDirectory(DurableFiles.parent(directory))) {
            DurableFiles.createDirectory(above.path().resolve(name));
            return above.directory(name);
        }
    }

    private void make(BackupPlan plan, Optional<EncryptionKey> key, MadeFiles made, Descriptor directory)
            throws IOException, RepositoryException, InterruptedException {
        List<SideBySide.Reading<Path>> each = new ArrayList<>();
        for (PlannedDisk disk : plan.disks()) {
            if (disk.target().isPresent()) {
                continue;
            }
            Descriptor file = made.create(directory, disk.name(), RepositoryTree.file(disk.name()));
            each.add(() -> make(plan, disk, file, key));
        }
        if (key.isPresent()) {
            // Where QEMU finds out how fast the processor is, for two seconds each.
            SideBySide.all(each);
        } else {
            for (SideBySide.Reading<Path> one : each) {
                one.read();
            }
        }
    }

    private Path make(BackupPlan plan, PlannedDisk disk, Descriptor file, Optional<EncryptionKey> key)
            throws IOException, RepositoryException, InterruptedException {
        Path named = tree.partial(plan.machine(), plan.backup()).resolve(RepositoryTree.file(disk.name()));
        create(file, named, key, disk.size(), disk.backingFile(), plan.compression());
        Optional<String> objection = QcowHeader.read(file).objection(disk.size(), disk.backingFile(), key.isPresent());
        if (objection.isPresent()) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED, disk.name(), "qemu-img made another image: " + objection.get(), null);
        }
        return named;
    }

    private void create(
            Descriptor file,
            Path named,
            Optional<EncryptionKey> key,
            long size,
            Optional<String> backingFile,
            Optional<Compression> compression)
            throws RepositoryException, InterruptedException {
        try {
            images.create(new KeyedImage(file.path(), key), size, backingFile, compression);
        } catch (RepositoryException failure) {
            throw failure.spoken(file, named);
        }
    }
}
