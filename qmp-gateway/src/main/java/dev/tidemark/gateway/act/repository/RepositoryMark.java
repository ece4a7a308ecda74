package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.RepositoryIdentity;
import dev.tidemark.schema.id.Ulid;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which repository a directory is: an empty mount point, or another disk mounted in its place, looks like one that lost all its
 * backups. Made with the first backup that is begun, and never changed.
 */
record RepositoryMark(int formatVersion, RepositoryIdentity identity) {
    static final String FILE = "repository.json";
    private static final int FORMAT_VERSION = 1;
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryMark.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Empty also if it cannot be read: no backup fails for that. */
    static Optional<RepositoryIdentity> read(RepositoryTree tree) throws IOException {
        Path file = tree.root().resolve(FILE);
        try {
            return DurableFiles.attributes(file).isEmpty()
                    ? Optional.empty()
                    : Optional.of(StoredJson.read(file, RepositoryMark.class, FORMAT_VERSION)
                            .identity());
        } catch (ClosedByInterruptException stopped) {
            throw stopped;
        } catch (IOException unreadable) {
            LOG.warn("which repository {} is cannot be told: {}", tree.root(), FileFault.describe(unreadable));
            return Optional.empty();
        }
    }

    static void makeIfAbsent(RepositoryTree tree) throws IOException {
        Path file = tree.root().resolve(FILE);
        // Backups of several machines may begin at once.
        synchronized (RepositoryMark.class) {
            if (DurableFiles.attributes(file).isEmpty()) {
                byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
                RANDOM.nextBytes(randomness);
                String id = Ulid.encode(Instant.now().toEpochMilli(), randomness);
                try (Descriptor root = Descriptor.ofDirectory(tree.root())) {
                    StoredJson.write(
                            root.path().resolve(FILE), new RepositoryMark(FORMAT_VERSION, new RepositoryIdentity(id)));
                }
            }
        }
    }
}
