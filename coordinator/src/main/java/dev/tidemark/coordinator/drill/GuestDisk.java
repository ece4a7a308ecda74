package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.NbdDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A disk as its guest reads and writes it. */
interface GuestDisk extends AutoCloseable {
    void read(long offset, byte[] into) throws IOException;

    void write(long offset, byte[] bytes) throws IOException;

    /** Afterwards all that was written survives the death of QEMU. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;

    /** Through QEMU's NBD server. */
    static GuestDisk overNbd(Path socket, String export) throws IOException {
        return new OverNbd(NbdDisk.open(socket, export));
    }

    /** A file over FUSE: the NBD server is left to others. */
    static GuestDisk overFuse(Path file) throws IOException {
        return new OverFuse(new RandomAccessFile(file.toFile(), "rw"));
    }

    /** Through QEMU's NBD server. */
    record OverNbd(NbdDisk disk) implements GuestDisk {
        @Override
        public void read(long offset, byte[] into) throws IOException {
            disk.read(offset, into);
        }

        @Override
        public void write(long offset, byte[] bytes) throws IOException {
            disk.write(offset, bytes);
        }

        @Override
        public void flush() throws IOException {
            disk.flush();
        }

        @Override
        public void close() {
            disk.close();
        }
    }

    /** A file that QEMU is. */
    record OverFuse(RandomAccessFile file) implements GuestDisk {
        @Override
        public void read(long offset, byte[] into) throws IOException {
            file.seek(offset);
            file.readFully(into);
        }

        @Override
        public void write(long offset, byte[] bytes) throws IOException {
            file.seek(offset);
            file.write(bytes);
        }

        @Override
        public void flush() throws IOException {
            file.getChannel().force(true);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
