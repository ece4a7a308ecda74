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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a restore writes: a directory that is held, not named, so that nobody can put another, or a link, in its place after it was found
 * to be allowed; likewise each file while it is written. Files get their names only when all of them are complete, by a link that fails if the name is taken; until
 * then they have names that hold the operation's id. So whatever has a disk's name here is either whole or somebody else's.
 */
final class RestoreDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreDirectory.class);

    private final RestoreOperation operation;
    private final Path asked;
    private final Path directory;
    private final Descriptor parent;
    /** None before it is there. */
    private @Nullable Descriptor held;

    private final Map<DiskName, Descriptor> files = new HashMap<>();
    private final CrashHook crash;
    /** Those that got their names where there are no hard links: nothing else tells that they are ours. */
    private final Set<DiskName> renamed = new HashSet<>();

    private final List<String> left = new ArrayList<>();

    private RestoreDirectory(
            RestoreOperation operation, Path asked, Path directory, Descriptor parent, CrashHook crash) {
        this.crash = crash;
        this.operation = operation;
        this.asked = asked;
        this.directory = directory;
        this.parent = parent;
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
        RestoreDirectory target = new RestoreDirectory(
                operation,
                asked,
                directory,
                Descriptor.ofDirectory(DurableFiles.parent(directory)),
                repositories.crash());
        boolean held = false;
        try {
            if (DurableFiles.attributes(target.place()).isPresent()) {
                target.hold();
            }
            held = true;
            return target;
        } finally {
            if (!held) {
                target.close();
            }
        }
    }

    /** The directory's name in the one that is held. */
    private Path place() {
        return parent.path().resolve(directory.getFileName());
    }

    private void hold() throws IOException {
        held = parent.directory(String.valueOf(directory.getFileName()));
    }

    /** What leads to this very directory. */
    private Path here() {
        if (held == null) {
            throw new IllegalStateException("was not begun: " + directory);
        }
        return held.path();
    }

    private Path markerFile() {
        return here().resolve(".tidemark-restore-" + operation.id() + ".json");
    }

    @Override
    public void close() {
        files.values().forEach(Descriptor::close);
        if (held != null) {
            held.close();
        }
        parent.close();
    }

    /** With the names that were asked for where it has those of what is held, which say nothing to anybody. */
    String spoken(String detail) {
        String spoken = detail;
        for (Map.Entry<DiskName, Descriptor> file : files.entrySet()) {
            spoken = spoken.replace(
                    file.getValue().path() + "",
                    asked.resolve(file(file.getKey())).toString());
        }
        if (held != null) {
            spoken = spoken.replace(held.path() + "/", asked + "/");
        }
        return spoken.replace(place().toString(), asked.toString());
    }

    Optional<RestoreMarker> marker() throws IOException, RepositoryException {
        if (held == null || DurableFiles.attributes(markerFile()).isEmpty()) {
            return Optional.empty();
        }
        RestoreMarker marker = StoredJson.read(markerFile(), RestoreMarker.class, RestoreMarker.FORMAT_VERSION);
        if (!marker.operation().equals(operation.id()) || !marker.backup().equals(operation.backup())) {
            throw unusable(spoken(markerFile() + " is that of another restore"), null);
        }
        return Optional.of(marker);
    }

    /** Makes the directory if it is not there, and says from now on that this operation is at work in it. */
    RestoreMarker begin(List<RestoredDisk> disks, boolean madeBefore) throws IOException, RepositoryException {
        boolean absent = held == null;
        if (absent) {
            DurableFiles.createDirectory(place());
            hold();
        }
        for (RestoredDisk disk : disks) {
            requireFree(disk.disk());
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
            StoredJson.write(markerFile(), marker);
            begun = true;
        } finally {
            if (!begun) {
                undo(marker);
            }
        }
        crash.at(CrashPoint.RESTORE_BEGUN);
        return marker;
    }

    /** An empty file to write a disk into: what leads to it and nowhere else, whatever is done to its name. */
    Path beginFile(DiskName disk) throws IOException {
        Path file = unnamed(disk);
        Files.deleteIfExists(file);
        Descriptor made = Objects.requireNonNull(held).newFile(String.valueOf(file.getFileName()));
        Descriptor before = files.put(disk, made);
        if (before != null) {
            before.close();
        }
        return made.path();
    }

    /** Whether what is written to that file can go past the page cache. */
    boolean opensDirectly(DiskName disk) throws IOException {
        return DurableFiles.opensDirectly(unnamed(disk));
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
        requireOurs(disk, file);
    }

    /** That this is the name of the file that was written. */
    private void requireOurs(DiskName disk, Path file) throws IOException {
        Descriptor written = files.get(disk);
        if (written == null) {
            // Written by a gateway before this one, which crashed.
            return;
        }
        Object ours =
                Files.readAttributes(written.path(), BasicFileAttributes.class).fileKey();
        if (!Objects.equals(ours, DurableFiles.regularFile(file).fileKey())) {
            throw new FileSystemException(
                    spoken(file.toString()), null, "is another file than the one that was written");
        }
    }

    /** Gives all files their names, or throws and leaves none with one. Can be called again after a crash in it. */
    void nameFiles(RestoreMarker copied) throws IOException, RepositoryException {
        crash.at(CrashPoint.RESTORE_COPIED);
        RestoreMarker marker = copied.with(RestoreMarker.State.NAMING);
        StoredJson.write(markerFile(), marker);
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
            requireOurs(disk.disk(), named(disk.disk()));
        }
        crash.at(CrashPoint.RESTORE_NAMED);
        DurableFiles.sync(here());
        for (RestoredDisk disk : marker.disks()) {
            Files.deleteIfExists(unnamed(disk.disk()));
        }
        StoredJson.write(markerFile(), marker.with(RestoreMarker.State.FINISHED));
        crash.at(CrashPoint.RESTORE_FINISHED);
    }

    /** Removes what this operation made and nothing else; what cannot be removed is {@link #left}. */
    void undo(RestoreMarker marker) {
        for (RestoredDisk disk : marker.disks()) {
            remove(named(disk.disk()), () -> renamed.contains(disk.disk()) || isNamed(disk.disk()));
            remove(unnamed(disk.disk()), () -> true);
        }
        remove(markerFile(), () -> true);
        if (marker.directoryMade() && left.isEmpty()) {
            try {
                Files.deleteIfExists(place());
            } catch (DirectoryNotEmptyException used) {
                LOG.info("{} holds files of others and stays", directory, used);
            } catch (IOException fault) {
                stays(place(), fault);
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
        LOG.warn("{}, which a restore had made, stays: {}", spoken(file.toString()), FileFault.describe(fault), fault);
        left.add(spoken(file + " (" + FileFault.describe(fault) + ")"));
    }

    /** As it is reported: with the path that was asked for. */
    RestoredDisk restored(DiskName disk, long virtualSize) {
        return new RestoredDisk(disk, asked.resolve(file(disk)).toString(), operation.format(), virtualSize);
    }

    long bytesFree() throws IOException {
        return FreeSpace.bytes(here());
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
        return here().resolve(file(disk));
    }

    private Path unnamed(DiskName disk) {
        return here().resolve(file(disk) + "." + operation.id() + RepositoryTree.PARTIAL_SUFFIX);
    }

    private String file(DiskName disk) {
        return disk + "." + operation.format().name().toLowerCase(Locale.ROOT);
    }

    private static RepositoryException unusable(String detail, @Nullable Throwable cause) {
        return new RepositoryException(FailureCode.UNSUPPORTED, null, detail, cause);
    }
}
