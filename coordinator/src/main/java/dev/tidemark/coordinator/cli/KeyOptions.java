package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** With which keys a gateway encrypts and reads. */
class KeyOptions {
    @Option(
            names = "--encryption-key",
            paramLabel = "REPOSITORY=FILE",
            description =
                    "Encrypt (LUKS) what is written to it with the key in FILE, as it is: 32 bytes of text or more"
                            + " (head -c 32 /dev/urandom | base64 -w0), not open to others, readable for QEMU. Repeated: further"
                            + " keys, to read what was written before.")
    private @Nullable List<RepositoryKey> keys;

    /** The first of each repository first. */
    Map<RepositoryName, List<Path>> files() {
        Map<RepositoryName, List<Path>> files = new LinkedHashMap<>();
        if (keys != null) {
            keys.forEach(key -> files.computeIfAbsent(key.repository(), name -> new ArrayList<>())
                    .add(key.file()));
        }
        return files;
    }
}
