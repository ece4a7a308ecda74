package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of all backups that this gateway began or goes on with, held from their making until they are complete or discarded. */
final class UnfinishedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedFiles.class);

    /** By the directory of the unfinished backup. */
    private final Map<Path, MadeFiles> backups = new HashMap<>();

    /** For one that is begun now. */
    synchronized MadeFiles begin(Path directory) {
        letGoOfOthers();
        release(directory);
        MadeFiles made = new MadeFiles();
        backups.put(directory, made);
        return made;
    }

    /** Those that were made in that directory; what a gateway before this one left there is taken as it is found the first time. */
    synchronized MadeFiles of(Path directory, Collection<DiskName> disks) throws IOException {
        MadeFiles known = backups.get(directory);
        if (known != null) {
            return known;
        }
        MadeFiles found = new MadeFiles();
        try (Descriptor held = Descriptor.ofDirectory(directory)) {
            disks.forEach(disk -> found.adopt(held, disk, RepositoryTree.file(disk)));
        }
        backups.put(directory, found);
        return found;
    }

    /** They are nobody's targets any more. */
    synchronized void release(Path directory) {
        MadeFiles made = backups.remove(directory);
        if (made != null) {
            made.close();
        }
    }

    /**
     * Another gateway may have ended what this one began. That it was begun here is remembered: who moves the directory away and back
     * does not get other files adopted.
     */
    private void letGoOfOthers() {
        backups.forEach((directory, made) -> {
            try {
                if (!made.isEmpty() && DurableFiles.attributes(directory).isEmpty()) {
                    made.close();
                }
            } catch (IOException unseen) {
                LOG.debug("whether {} is there cannot be seen", directory, unseen);
            }
        });
    }
}
