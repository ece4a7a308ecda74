package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that were made for QEMU to write to: which they are, whatever has their names by now. They are held open, so that no other
 * file gets the number of one that somebody removed.
 */
final class MadeFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MadeFiles.class);

    private final Map<DiskName, Descriptor> held = new HashMap<>();

    /** Creates an empty file that only the owner can read, and gives what leads to it; there must be nothing of that name. */
    synchronized Descriptor create(Descriptor directory, DiskName disk, String name) throws IOException {
        Descriptor made = directory.newFile(name);
        keep(disk, made);
        return made;
    }

    /** What a gateway before this one had made, or what has its name by now: nobody can tell. From here on it is that and no other. */
    synchronized void adopt(Descriptor directory, DiskName disk, String name) {
        try {
            keep(disk, directory.fileToRead(name));
        } catch (IOException absent) {
            LOG.debug("no file is there as {} of disk {}", name, disk, absent);
        }
    }

    private void keep(DiskName disk, Descriptor file) {
        Descriptor before = held.put(disk, file);
        if (before != null) {
            before.close();
        }
    }

    /** Refused unless QEMU has opened the very file that was made for the disk, and has that name for it. */
    void requireOpened(DiskName disk, Path file) throws RepositoryException {
        try {
            OpenedImage.require(file, identity(disk, file));
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot look at " + file, fault);
        }
    }

    /** Opens the file that was made once more: that one, and not what has its name. To be closed by the caller. */
    synchronized Descriptor open(DiskName disk, Path file) throws IOException, RepositoryException {
        return made(disk, file).again();
    }

    /** Refused unless the name in that directory still leads to the file that was made. */
    void requireNamed(DiskName disk, Descriptor directory, Path file) throws IOException, RepositoryException {
        BasicFileAttributes named = DurableFiles.attributes(
                        directory.path().resolve(String.valueOf(file.getFileName())))
                .orElseThrow(() -> new NoSuchFileException(file.toString(), null, "no such file"));
        if (!named.isRegularFile()) {
            throw new FileSystemException(
                    file.toString(), null, "is not a regular file but " + DurableFiles.kind(named));
        }
        if (!identity(disk, file).equals(named.fileKey())) {
            throw new RepositoryException(
                    FailureCode.TARGET_REFUSED,
                    disk,
                    file + " is another file than the one that was made for QEMU: somebody exchanges names there");
        }
    }

    private synchronized Object identity(DiskName disk, Path file) throws IOException, RepositoryException {
        return identity(made(disk, file));
    }

    private Descriptor made(DiskName disk, Path file) throws RepositoryException {
        @Nullable Descriptor made = held.get(disk);
        if (made == null) {
            throw new RepositoryException(
                    FailureCode.TARGET_REFUSED, disk, "which file was made as " + file + " is not known any more");
        }
        return made;
    }

    /** Whether there is none, or none any more. */
    synchronized boolean isEmpty() {
        return held.isEmpty();
    }

    @Override
    public synchronized void close() {
        held.values().forEach(Descriptor::close);
        held.clear();
    }

    /** Device and number, as the kernel tells them of what is open. */
    static Object identity(Descriptor open) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(open.path(), BasicFileAttributes.class).fileKey(), "Linux numbers its files");
    }
}
