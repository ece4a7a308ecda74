package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files in the unfinished directory of a backup, which never becomes a finished one. */
record ScratchFiles(Path directory, List<DiskName> disks, Optional<EncryptionKey> key, MadeFiles made)
        implements Scratch {
    private static final String SUFFIX = ".scratch.qcow2";

    ScratchFiles {
        disks = List.copyOf(disks);
    }

    @Override
    public Path file(DiskName disk) {
        return directory.resolve(name(disk));
    }

    static String name(DiskName disk) {
        return disk.value() + SUFFIX;
    }

    @Override
    public KeyedImage image(DiskName disk) {
        return new KeyedImage(file(disk), key);
    }

    @Override
    public void requireOpened(DiskName disk) throws RepositoryException {
        made.requireOpened(disk, file(disk));
    }

    @Override
    public long bytes() throws IOException {
        long bytes = 0;
        for (DiskName disk : disks) {
            bytes += Files.size(file(disk));
        }
        return bytes;
    }
}
