package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The files that were made for QEMU to write to: which they are, whatever has their names by now. */
final class MadeFiles {
    private final Map<DiskName, Object> identities = new ConcurrentHashMap<>();

    /** Creates an empty file that only the owner can read; there must be nothing of that name. */
    Path create(Descriptor directory, DiskName disk, String name) throws IOException {
        try (Descriptor made = directory.newFile(name)) {
            identities.put(disk, identity(made));
        }
        return directory.path().resolve(name);
    }

    /** Refused unless QEMU has opened the very file that was made for the disk, and has that name for it. */
    void requireOpened(DiskName disk, Path file) throws RepositoryException {
        Object made = identities.get(disk);
        if (made == null) {
            throw new RepositoryException(
                    FailureCode.TARGET_REFUSED, "which file was made as " + file + " is not known any more");
        }
        OpenedImage.require(file, made);
    }

    /** Device and number, as the kernel tells them of what is open. */
    static Object identity(Descriptor open) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(open.path(), BasicFileAttributes.class).fileKey(), "Linux numbers its files");
    }
}
