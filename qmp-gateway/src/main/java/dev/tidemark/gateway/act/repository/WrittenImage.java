package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** The image that takes what clients write to a restore point. */
final class WrittenImage {
    private WrittenImage() {}

    /** Makes it, unless it is there: then clients find again what they wrote. */
    static Path in(Path directory, Layer top) throws IOException, RepositoryException, InterruptedException {
        Path image = directory.resolve(top.disk() + ".written.qcow2");
        if (DurableFiles.attributes(image).isPresent()) {
            DurableFiles.regularFile(image);
            return image;
        }
        Path unfinished = image.resolveSibling(image.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        DurableFiles.createEmpty(unfinished);
        // Without a name in it: what lies below is told to the daemon.
        new QemuImage("qemu-img")
                .create(KeyedImage.plain(unfinished), top.stored().size(), Optional.empty(), Optional.empty());
        Files.move(unfinished, image, StandardCopyOption.ATOMIC_MOVE);
        return image;
    }
}
