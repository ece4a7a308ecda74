package dev.tidemark.coordinator.ledger.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked from the jar on the class path: {@code initdb}, {@code pg_ctl}, {@code postgres}. */
record PostgresBinaries(Path directory) {
    private static final String READABLE_BY_ALL = "rwxr-xr-x";
    /** The version of the jar; part of the directory's name, so that an upgrade never overwrites a running server. */
    static final String VERSION = "17.11.0";

    Path initdb() {
        return directory.resolve("bin/initdb");
    }

    Path pgCtl() {
        return directory.resolve("bin/pg_ctl");
    }

    /** Unpacks once; complete or not there at all, because it is renamed into place. */
    static PostgresBinaries unpackedIn(Path parent) {
        Path target = parent.resolve("binaries-" + VERSION);
        if (!Files.isExecutable(target.resolve("bin/postgres"))) {
            try {
                Path partial = Files.createTempDirectory(parent, "binaries-");
                // Afterwards: in what is told to who makes it, the umask has its way.
                FileTree.directory(partial, READABLE_BY_ALL);
                unpack(partial);
                moveInto(partial, target);
            } catch (IOException failure) {
                throw new DatabaseRefused.ServerFailed(
                        "PostgreSQL's programs cannot be unpacked into " + target + ": " + failure.getMessage(),
                        failure);
            }
        }
        return new PostgresBinaries(target);
    }

    private static void moveInto(Path partial, Path target) throws IOException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
            // Another coordinator of this machine was faster; both unpacked the same jar.
            FileTree.delete(partial);
        }
    }

    private static void unpack(Path into) throws IOException {
        String resource = "/postgres-linux-" + architecture() + ".txz";
        InputStream archive = PostgresBinaries.class.getResourceAsStream(resource);
        if (archive == null) {
            throw new IOException("this build carries no PostgreSQL for " + architecture() + "; give --database-url");
        }
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, into);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        Path file = into.resolve(entry.getName()).normalize();
        if (!file.startsWith(into)) {
            throw new IOException("the archive points outside itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
            makeReadable(file);
        } else if (entry.isSymbolicLink()) {
            makeReadable(parentOf(file));
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            makeReadable(parentOf(file));
            Files.copy(tar, file);
            Files.setPosixFilePermissions(file, permissionsOf(entry));
        }
    }

    private static void makeReadable(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            makeReadable(parentOf(directory));
            FileTree.directory(directory, READABLE_BY_ALL);
        }
    }

    private static Path parentOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private static Set<PosixFilePermission> permissionsOf(TarArchiveEntry entry) {
        boolean executable = (entry.getMode() & 0b001_000_000) != 0;
        return executable
                ? PosixFilePermissions.fromString(READABLE_BY_ALL)
                : PosixFilePermissions.fromString("rw-r--r--");
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "");
        return switch (name) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> name;
        };
    }
}
