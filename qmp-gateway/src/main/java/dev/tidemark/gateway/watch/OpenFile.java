package dev.tidemark.gateway.watch;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A file that a process holds open, found by its descriptor: what the path leads to may be another file by now, or another one
 * in the process's own file system.
 *
 * @param descriptor in /proc; it leads nowhere once the process has closed the file
 */
record OpenFile(Path descriptor, Identity identity) {

    /** Which file it is, and for one that nobody may write, whether it is as it was. */
    record Identity(Object device, Object inode) {}

    /** The process's descriptor of the file that the path leads to. */
    static OpenFile of(long process, String path) throws IOException {
        Path file = Path.of(path);
        if (!Files.isRegularFile(file)) {
            throw new IOException("it is no regular file");
        }
        Identity wanted = identity(file);
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(process), "fd"))) {
            for (Path descriptor : descriptors) {
                if (leadsTo(descriptor, wanted)) {
                    return new OpenFile(descriptor, wanted);
                }
            }
        } catch (DirectoryIteratorException broken) {
            throw broken.getCause();
        }
        throw new IOException("QEMU does not hold open what its name leads to");
    }

    boolean isStillOpen() {
        return leadsTo(descriptor, identity);
    }

    private static boolean leadsTo(Path descriptor, Identity wanted) {
        try {
            return identity(descriptor).equals(wanted);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static Identity identity(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino");
        Object device = attributes.get("dev");
        Object inode = attributes.get("ino");
        if (device == null || inode == null) {
            throw new IOException("the file system does not tell one file from another");
        }
        return new Identity(device, inode);
    }
}
