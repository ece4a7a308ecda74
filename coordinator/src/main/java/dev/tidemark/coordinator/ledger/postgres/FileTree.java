package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/** What the server needs done to directories. Symbolic links are never followed. */
final class FileTree {
    private FileTree() {}

    /** Makes the directory, or sets the permissions of the one that is there. */
    static void directory(Path directory, String permissions) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    /** Gives everything below to the owner; quick when it is so already. */
    static void own(Path root, String owner) throws IOException {
        UserPrincipal principal =
                root.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
        if (Files.getOwner(root).equals(principal)) {
            return;
        }
        // The root comes last: if this is interrupted, the next start sees the old owner and does it all again.
        visit(root, file -> Files.setAttribute(file, "posix:owner", principal, LinkOption.NOFOLLOW_LINKS));
    }

    static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            visit(root, Files::delete);
        }
    }

    private interface Step {
        void take(Path file) throws IOException;
    }

    private static void visit(Path root, Step step) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                step.take(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                step.take(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
