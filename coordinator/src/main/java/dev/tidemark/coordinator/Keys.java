package dev.tidemark.coordinator;

import dev.tidemark.gateway.act.repository.KeyRing;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the command line says of the keys of repositories, as a gateway takes it. */
final class Keys {
    private Keys() {}

    /** Fails now, and not in the midst of a backup, if a key is missing, short or open to everybody, or is nobody's. */
    static Map<RepositoryName, KeyRing> rings(Map<RepositoryName, List<Path>> files, Set<RepositoryName> repositories)
            throws IOException {
        Map<RepositoryName, KeyRing> rings = new HashMap<>();
        for (Map.Entry<RepositoryName, List<Path>> each : files.entrySet()) {
            if (!repositories.contains(each.getKey())) {
                throw new IOException("--encryption-key names a repository that is not there: '" + each.getKey() + "'");
            }
            KeyRing ring = new KeyRing(each.getValue());
            ring.requireUsable();
            rings.put(each.getKey(), ring);
        }
        return rings;
    }
}
