package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes a directory and the files in it, never through a symlink, not even through one that is put in its place meanwhile: names
 * are resolved against directories that are held open. A directory inside is not ours and stops the removal.
 */
final class FlatRemoval {
    private FlatRemoval() {}

    /** From a directory that has no link on its way: one that was put there since it was looked at is an error. */
    static void remove(Path parent, String name) throws IOException {
        try (Descriptor held = Descriptor.ofDirectory(parent)) {
            remove(held, name);
        }
    }

    static void remove(Descriptor parent, String name) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent.path())) {
            if (!(stream instanceof SecureDirectoryStream<Path> held)) {
                throw new FileSystemException(name, null, "directories cannot be held open here");
            }
            Path relative = Path.of(name);
            if (!removeFiles(held, parent.path(), relative)) {
                return;
            }
            held.deleteDirectory(relative);
        }
        DurableFiles.sync(parent.path());
    }

    private static boolean removeFiles(SecureDirectoryStream<Path> held, Path parent, Path name) throws IOException {
        try (SecureDirectoryStream<Path> inside = held.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> names = new ArrayList<>();
            try {
                inside.forEach(entry -> names.add(entry.getFileName()));
            } catch (DirectoryIteratorException unlisted) {
                throw unlisted.getCause();
            }
            for (Path file : names) {
                inside.deleteFile(file);
            }
            return true;
        } catch (NoSuchFileException absent) {
            if (DurableFiles.attributes(parent.resolve(name)).isEmpty()) {
                return false;
            }
            throw absent;
        }
    }
}
