package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.Path;

/** Where QEMU keeps what the guest overwrites while a client reads a pull backup. Of no use to anybody afterwards. */
public interface Scratch {
    /** The absolute path of a disk's qcow2 file; it exists and has the disk's size. */
    Path file(DiskName disk);

    /** The same with the key that opens it, if it is encrypted. */
    default KeyedImage image(DiskName disk) {
        return KeyedImage.plain(file(disk));
    }

    /** Refused unless the file that QEMU has opened by now is that one, and not one that was put in its place. */
    void requireOpened(DiskName disk) throws RepositoryException;

    /** What all of them take up now, in bytes. */
    long bytes() throws IOException;
}
