package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * That something in a repository is encrypted. A gateway that was started without the keys, by a line that got lost or on another host,
 * would otherwise take the first full backup of everything in clear text, just because it has no key.
 */
final class EncryptionMark {
    static final String FILE = "encrypted";
    private static final byte[] TEXT =
            "What is written here is encrypted. Remove this file to let gateways without a key write here in clear text.\n"
                    .getBytes(StandardCharsets.UTF_8);

    private EncryptionMark() {}

    /** Before anything is written: made if it is to be encrypted, and heeded if it is not. */
    static void heed(RepositoryTree tree, boolean encrypts) throws IOException, RepositoryException {
        Path file = tree.root().resolve(FILE);
        boolean marked = DurableFiles.attributes(file).isPresent();
        if (encrypts && !marked) {
            // Backups of several machines may begin at once.
            synchronized (EncryptionMark.class) {
                try (Descriptor root = Descriptor.ofDirectory(tree.root())) {
                    DurableFiles.replace(root.path().resolve(FILE), TEXT);
                }
            }
        } else if (!encrypts && marked) {
            throw new RepositoryException(
                    FailureCode.KEY_MISSING,
                    "what is written here is to be encrypted, and this gateway was given no key: start it with"
                            + " --encryption-key; or remove " + file + " to have it in clear text from now on");
        }
    }
}
