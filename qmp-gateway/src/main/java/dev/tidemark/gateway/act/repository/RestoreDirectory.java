package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a restore writes. Files get their names only when all of them are complete, by a link that fails if the name is taken; until
 * then they have names that hold the operation's id. So whatever has a disk's name here is either whole or somebody else's.
 */
final class RestoreDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreDirectory.class);

    private final RestoreOperation operation;
    private final Path asked;
    private final Path directory;
    private final Path markerFile;
    private final CrashHook crash;
    /** Those that got their names where there are no hard links: nothing else tells that they are ours. */
    private final Set<DiskName> renamed = new HashSet<>();

    private final List<String> left = new ArrayList<>();

    private RestoreDirectory(RestoreOperation operation, Path asked, Path directory, CrashHook crash) {
        this.crash = crash;
        this.operation = operation;
        this.asked = asked;
        this.directory = directory;
        this.markerFile = directory.resolve(".tidemark-restore-" + operation.id() + ".json");
    }

    static RestoreDirectory of(RestoreOperation operation, Repositories repositories)
            throws RepositoryException, IOException {
        Path asked;
        try {
            asked = Path.of(operation.directory());
        } catch (InvalidPathException invalid) {
            throw unusable("the directory's name is not one", invalid);
        }
        Path name = asked.getFileName();
        if (!asked.isAbsolute() || !asked.equals(asked.normalize()) || name == null) {
            throw unusable("the directory must be an absolute path without '..' and '.': " + asked, null);
        }
        Path parent = DurableFiles.parent(asked);
        if (!Files.isDirectory(parent)) {
            throw unusable("there is no directory " + parent + " in which it could be made", null);
        }
        Path directory = parent.toRealPath().resolve(name);
        Optional<BasicFileAttributes> found = DurableFiles.attributes(directory);
        if (found.isPresent() && !found.get().isDirectory()) {
            throw unusable(asked + " is not a directory but " + DurableFiles.kind(found.get()), null);
        }
        repositories.restoreRoots().require(asked, directory);
        if (repositories.contain(directory)) {
            throw unusable(asked + " lies in a repository", null);
        }
        return new RestoreDirectory(operation, asked, directory, repositories.crash());
    }

    Optional<RestoreMarker> marker() throws IOException, RepositoryException {
        if (DurableFiles.attributes(directory).isEmpty()
                || DurableFiles.attributes(markerFile).isEmpty()) {
            return Optional.empty();
        }
        RestoreMarker marker = StoredJson.read(markerFile, RestoreMarker.class, RestoreMarker.FORMAT_VERSION);
        if (!marker.operation().equals(operation.id()) || !marker.backup().equals(operation.backup())) {
            throw unusable(markerFile + " is that of another restore", null);
        }
        return Optional.of(marker);
    }

    /** Makes the directory if it is not there, and says from now on that this operation is at work in it. */
    RestoreMarker begin(List<RestoredDisk> disks, boolean madeBefore) throws IOException, RepositoryException {
        for (RestoredDisk disk : disks) {
            requireFree(disk.disk());
        }
        boolean absent = DurableFiles.attributes(directory).isEmpty();
        if (absent) {
            DurableFiles.createDirectory(directory);
        }
        RestoreMarker marker = new RestoreMarker(
                RestoreMarker.FORMAT_VERSION,
                operation.id(),
                operation.backup(),
                RestoreMarker.State.COPYING,
                absent || madeBefore,
                disks);
        boolean begun = false;
        try {
            StoredJson.write(markerFile, marker);
            begun = true;
        } finally {
            if (!begun) {
                undo(marker);
            }
        }
        crash.at(CrashPoint.RESTORE_BEGUN);
        return marker;
    }

    /** An empty file to write a disk into. */
    Path beginFile(DiskName disk) throws IOException {
        Path file = unnamed(disk);
        Files.deleteIfExists(file);
        DurableFiles.createEmpty(file);
        return file;
    }

    /** The file has the size that the disk had, and is durable. */
    void finishFile(DiskName disk, long virtualSize) throws IOException {
        Path file = unnamed(disk);
        long size = operation.format() == RestoreFormat.RAW
                ? DurableFiles.regularFile(file).size()
                : QcowHeader.read(file).virtualSize();
        if (size != virtualSize) {
            throw new FileSystemException(
                    file.toString(), null, "came out with " + size + " bytes, not " + virtualSize);
        }
        DurableFiles.sync(file);
    }

    /** Gives all files their names, or throws and leaves none with one. Can be called again after a crash in it. */
    void nameFiles(RestoreMarker copied) throws IOException, RepositoryException {
        crash.at(CrashPoint.RESTORE_COPIED);
        RestoreMarker marker = copied.with(RestoreMarker.State.NAMING);
        StoredJson.write(markerFile, marker);
        for (RestoredDisk disk : marker.disks()) {
            if (DurableFiles.attributes(unnamed(disk.disk())).isPresent() && !isNamed(disk.disk())) {
                try {
                    Files.createLink(named(disk.disk()), unnamed(disk.disk()));
                } catch (FileAlreadyExistsException taken) {
                    throw taken(disk.disk(), taken);
                } catch (UnsupportedOperationException | FileSystemException noLinks) {
                    LOG.info("no hard links in {}: renaming instead", directory, noLinks);
                    requireFree(disk.disk());
                    Files.move(unnamed(disk.disk()), named(disk.disk()));
                    renamed.add(disk.disk());
                }
            }
            DurableFiles.regularFile(named(disk.disk()));
        }
        crash.at(CrashPoint.RESTORE_NAMED);
        DurableFiles.sync(directory);
        for (RestoredDisk disk : marker.disks()) {
            Files.deleteIfExists(unnamed(disk.disk()));
        }
        StoredJson.write(markerFile, marker.with(RestoreMarker.State.FINISHED));
        crash.at(CrashPoint.RESTORE_FINISHED);
    }

    /** Removes what this operation made and nothing else; what cannot be removed is {@link #left}. */
    void undo(RestoreMarker marker) {
        for (RestoredDisk disk : marker.disks()) {
            remove(named(disk.disk()), () -> renamed.contains(disk.disk()) || isNamed(disk.disk()));
            remove(unnamed(disk.disk()), () -> true);
        }
        remove(markerFile, () -> true);
        if (marker.directoryMade() && left.isEmpty()) {
            try {
                Files.deleteIfExists(directory);
            } catch (DirectoryNotEmptyException used) {
                LOG.info("{} holds files of others and stays", directory, used);
            } catch (IOException fault) {
                stays(directory, fault);
            }
        }
    }

    /** What an undoing could not remove, and why; empty if nothing of this operation stays. */
    Optional<String> left() {
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of("what it had made could not all be removed, this stays: " + String.join(", ", left));
    }

    private interface Ownership {
        boolean isOurs() throws IOException;
    }

    private void remove(Path file, Ownership ownership) {
        try {
            if (ownership.isOurs()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException fault) {
            stays(file, fault);
        }
    }

    private void stays(Path file, IOException fault) {
        LOG.warn("{}, which a restore had made, stays: {}", file, FileFault.describe(fault), fault);
        left.add(asked.resolve(directory.relativize(file)) + " (" + FileFault.describe(fault) + ")");
    }

    /** As it is reported: with the path that was asked for. */
    RestoredDisk restored(DiskName disk, long virtualSize) {
        return new RestoredDisk(disk, asked.resolve(file(disk)).toString(), operation.format(), virtualSize);
    }

    long bytesFree() throws IOException {
        return FreeSpace.bytes(directory);
    }

    private void requireFree(DiskName disk) throws IOException, RepositoryException {
        if (DurableFiles.attributes(named(disk)).isPresent()) {
            throw taken(disk, null);
        }
    }

    private RepositoryException taken(DiskName disk, @Nullable Throwable cause) {
        return new RepositoryException(
                FailureCode.TARGET_EXISTS, disk, "there is something at " + asked.resolve(file(disk)), cause);
    }

    /** Whether the name and the operation's own name lead to the same file. */
    private boolean isNamed(DiskName disk) throws IOException {
        Optional<BasicFileAttributes> named = DurableFiles.attributes(named(disk));
        Optional<BasicFileAttributes> unnamed = DurableFiles.attributes(unnamed(disk));
        return named.isPresent()
                && unnamed.isPresent()
                && named.get().fileKey() != null
                && named.get().fileKey().equals(unnamed.get().fileKey());
    }

    private Path named(DiskName disk) {
        return directory.resolve(file(disk));
    }

    private Path unnamed(DiskName disk) {
        return directory.resolve(file(disk) + "." + operation.id() + RepositoryTree.PARTIAL_SUFFIX);
    }

    private String file(DiskName disk) {
        return disk + "." + operation.format().name().toLowerCase(Locale.ROOT);
    }

    private static RepositoryException unusable(String detail, @Nullable Throwable cause) {
        return new RepositoryException(FailureCode.UNSUPPORTED, null, detail, cause);
    }
}
