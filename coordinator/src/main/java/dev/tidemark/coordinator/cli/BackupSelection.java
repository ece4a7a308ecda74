package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which disks, into which repository, and since when: the same for a backup and for its plan. */
class BackupSelection {
    /** What can be asked for by that name. */
    enum Kind {
        AUTO,
        FULL,
        COPY,
        DIFFERENTIAL
    }

    @Option(names = "--repo", required = true, paramLabel = "REPO", description = "The repository.")
    @Nullable
    RepositoryName repository;

    @Option(names = "--auto", description = "Incremental where that is safe, else full (the default).")
    boolean auto;

    @Option(names = "--full", description = "Full, whatever is there.")
    boolean full;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description =
                    "auto, full, copy (full, beside every chain) or differential (with --since, beside every chain).")
    @Nullable
    Kind kind;

    @Option(names = "--since", paramLabel = "CHECKPOINT", description = "Incremental since this one, or not at all.")
    @Nullable
    CheckpointName since;

    @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk; may be repeated.")
    @Nullable
    List<DiskName> disks;

    String repositoryName() {
        RepositoryName known = repository;
        if (known == null) {
            throw Session.misuse("--repo is missing");
        }
        return known.value();
    }

    String kind() {
        Kind named = kind;
        if (named == Kind.DIFFERENTIAL) {
            if (auto || full || since == null) {
                throw Session.misuse("--kind differential needs --since, and goes with neither --auto nor --full");
            }
            return named.name();
        }
        if ((auto ? 1 : 0) + (full ? 1 : 0) + (since != null ? 1 : 0) + (named != null ? 1 : 0) > 1) {
            throw Session.misuse("--auto, --full, --since and --kind exclude each other");
        }
        return named != null ? named.name() : full ? "FULL" : since != null ? "SINCE" : "AUTO";
    }

    /** Whether it makes no checkpoint, so that none can be named. */
    boolean isBesideTheChains() {
        return kind == Kind.COPY || kind == Kind.DIFFERENTIAL;
    }
}
