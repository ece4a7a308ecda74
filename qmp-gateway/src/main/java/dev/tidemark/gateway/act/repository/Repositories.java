package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The repositories of this host: names that the log knows, directories that only this host knows. */
public final class Repositories {
    private static final Logger LOG = LoggerFactory.getLogger(Repositories.class);

    private final Map<RepositoryName, Path> directories;
    private final Map<RepositoryName, KeyRing> keys;
    private final QemuImage images;
    private final CrashHook crash;
    private final AllowedTargets targets;
    private final RestoreRoots restoreRoots;
    private final UnfinishedFiles unfinished = new UnfinishedFiles();

    /** Directories by name; they are looked at when they are used, not here. {@code qemu-img} is found by the PATH. */
    public Repositories(Map<RepositoryName, Path> directories) {
        this(directories, CrashHook.NONE);
    }

    /** For drills and tests, which crash at a point. */
    public Repositories(Map<RepositoryName, Path> directories, CrashHook crash) {
        this(directories, Map.of(), crash, AllowedTargets.none());
    }

    /** Those for which there are keys are encrypted. */
    public Repositories(Map<RepositoryName, Path> directories, Map<RepositoryName, KeyRing> keys, CrashHook crash) {
        this(directories, keys, crash, AllowedTargets.none());
    }

    /** With places beside them that may be written. */
    public Repositories(
            Map<RepositoryName, Path> directories,
            Map<RepositoryName, KeyRing> keys,
            CrashHook crash,
            AllowedTargets targets) {
        this(directories, keys, crash, targets, RestoreRoots.ANYWHERE);
    }

    /** With places beside them that may be written, and those to which restores to files are confined. */
    public Repositories(
            Map<RepositoryName, Path> directories,
            Map<RepositoryName, KeyRing> keys,
            CrashHook crash,
            AllowedTargets targets,
            RestoreRoots restoreRoots) {
        this(directories, keys, crash, new QemuImage("qemu-img", crash), targets, restoreRoots);
    }

    Repositories(Map<RepositoryName, Path> directories, CrashHook crash, QemuImage images) {
        this(directories, Map.of(), crash, images, AllowedTargets.none(), RestoreRoots.ANYWHERE);
    }

    private Repositories(
            Map<RepositoryName, Path> directories,
            Map<RepositoryName, KeyRing> keys,
            CrashHook crash,
            QemuImage images,
            AllowedTargets targets,
            RestoreRoots restoreRoots) {
        this.restoreRoots = restoreRoots;
        this.targets = targets;
        this.directories = Map.copyOf(directories);
        this.keys = Map.copyOf(keys);
        this.crash = crash;
        this.images = images;
    }

    /** The repository of that name; refused if it is unknown, or its directory is not there. */
    public Repository named(RepositoryName name) throws RepositoryException {
        Path directory = directories.get(name);
        if (directory == null) {
            throw new RepositoryException(FailureCode.REPOSITORY_UNKNOWN, "this host has no repository '" + name + "'");
        }
        try {
            // The root itself may be a link that the operator made; everything below is confined to where it leads.
            Path root = directory.toRealPath();
            if (!Files.isDirectory(root)) {
                throw new RepositoryException(
                        FailureCode.REPOSITORY_FAILED, "repository '" + name + "': " + root + " is not a directory");
            }
            return new Repository(
                    new RepositoryTree(root),
                    images,
                    crash,
                    targets,
                    claims(),
                    keys.getOrDefault(name, KeyRing.NONE),
                    unfinished);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot use repository '" + name + "'", fault);
        }
    }

    /**
     * The unfinished backups of a machine in all repositories, each as {@code <repository>/<backup id>}, sorted. A repository that
     * cannot be read has none to show; that it cannot be read is logged here and refused where it is used.
     */
    public List<String> partialBackups(MachineId machine) {
        List<String> found = new ArrayList<>();
        for (RepositoryName name : directories.keySet()) {
            try {
                Path directory = named(name).tree().machine(machine);
                if (DurableFiles.directoryExists(directory)) {
                    collectPartials(name, directory, found);
                }
            } catch (IOException | DirectoryIteratorException | RepositoryException fault) {
                LOG.warn("cannot look for unfinished backups of {} in '{}': {}", machine, name, fault.getMessage());
            }
        }
        Collections.sort(found);
        return List.copyOf(found);
    }

    /** Removes one of {@link #partialBackups}. */
    public void discardPartial(MachineId machine, String partial) throws RepositoryException {
        int slash = partial.indexOf('/');
        try {
            RepositoryName name = new RepositoryName(partial.substring(0, Math.max(slash, 0)));
            named(name).discard(machine, new BackupId(partial.substring(slash + 1)));
        } catch (InvalidIdentity invalid) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "not an unfinished backup: " + invalid.getMessage(), invalid);
        }
    }

    /** Whether a path lies in a repository of this host. */
    public boolean contain(Path path) throws IOException {
        for (Path directory : directories.values()) {
            if (Files.exists(directory) && path.startsWith(directory.toRealPath())) {
                return true;
            }
        }
        return false;
    }

    CrashHook crash() {
        return crash;
    }

    /** Whether it holds a key of one of them. */
    public boolean hasKeyFile(Path file) {
        return keys.values().stream().anyMatch(ring -> ring.files().contains(file));
    }

    /** What beside them may be written. */
    public AllowedTargets targets() {
        return targets;
    }

    RestoreRoots restoreRoots() {
        return restoreRoots;
    }

    TargetClaims claims() {
        return new TargetClaims(directories, targets);
    }

    QemuImage images() {
        return images;
    }

    private static void collectPartials(RepositoryName name, Path directory, List<String> found) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + RepositoryTree.PARTIAL_SUFFIX)) {
            for (Path entry : entries) {
                Optional<BackupId> backup = backupOf(String.valueOf(entry.getFileName()));
                backup.ifPresent(id -> found.add(name + "/" + id));
            }
        }
    }

    private static Optional<BackupId> backupOf(String directory) {
        String text = directory.substring(0, directory.length() - RepositoryTree.PARTIAL_SUFFIX.length());
        try {
            return Optional.of(new BackupId(text));
        } catch (InvalidIdentity foreign) {
            LOG.debug("not an unfinished backup of ours: {}", directory, foreign);
            return Optional.empty();
        }
    }
}
