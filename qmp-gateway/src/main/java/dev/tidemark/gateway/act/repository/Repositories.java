package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The repositories of this host: names that the log knows, directories that only this host knows. */
public final class Repositories {
    /** Directories by name; they are looked at when they are used, not here. */
    public Repositories(Map<RepositoryName, Path> directories) {
        Unwritten.<Object>body();
    }

    /** The repository of that name; refused if it is unknown, or its directory is not one that can be written. */
    public Repository named(RepositoryName name) throws RepositoryException {
        return Unwritten.body();
    }

    /** The unfinished backups of a machine in all repositories, each as {@code <repository>/<backup id>}. */
    public List<String> partialBackups(MachineId machine) {
        return Unwritten.body();
    }

    /** Removes one of {@link #partialBackups}. */
    public void discardPartial(MachineId machine, String partial) throws RepositoryException {
        Unwritten.<Object>body();
    }
}
