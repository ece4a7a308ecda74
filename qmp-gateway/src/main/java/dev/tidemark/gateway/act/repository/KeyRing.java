package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.KeyIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The key files of one repository. The first is for what is written from now on, all of them are for what was written before. They are
 * read when they are used: a file that was exchanged meanwhile holds another key, and is told from the one before by its identity.
 */
public record KeyRing(List<Path> files) {
    /** Of a repository in which nothing is encrypted. */
    public static final KeyRing NONE = new KeyRing(List.of());

    public KeyRing {
        files = List.copyOf(files);
    }

    /** Reads each once: what is wrong is to be told at the start, and not in the night. */
    public void requireUsable() throws IOException {
        for (Path file : files) {
            EncryptionKey.read(file);
        }
    }

    /** What is to be written is encrypted with this; empty if it is not to be encrypted. Never empty because a file cannot be read. */
    Optional<EncryptionKey> forWriting() throws RepositoryException {
        if (files.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(EncryptionKey.read(files.getFirst()));
        } catch (IOException unusable) {
            throw new RepositoryException(
                    FailureCode.KEY_MISSING,
                    null,
                    "what is written here is to be encrypted, and the key cannot be read: "
                            + FileFault.describe(unusable),
                    unusable);
        }
    }

    /** The key of that identity; refused if it is not there. */
    EncryptionKey of(DiskEncryption encryption) throws RepositoryException {
        List<String> others = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        for (Path file : files) {
            try {
                EncryptionKey key = EncryptionKey.read(file);
                if (key.identity().equals(encryption.key())) {
                    return key;
                }
                others.add(key.identity().value());
            } catch (IOException fault) {
                unusable.add(FileFault.describe(fault));
            }
        }
        String detail = "it is encrypted with key " + encryption.key() + ", and "
                + (others.isEmpty() ? "there is no key" : "there is only key " + String.join(", ", others))
                + unusable.stream().map(fault -> "; " + fault).collect(Collectors.joining());
        throw new RepositoryException(others.isEmpty() ? FailureCode.KEY_MISSING : FailureCode.KEY_WRONG, detail);
    }

    /** Whether there is a key of that identity. */
    boolean holds(KeyIdentity identity) {
        return files.stream().anyMatch(file -> {
            try {
                return EncryptionKey.read(file).identity().equals(identity);
            } catch (IOException unusable) {
                // Which is told by whoever needs it.
                return false;
            }
        });
    }
}
