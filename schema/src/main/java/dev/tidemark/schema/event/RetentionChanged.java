package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.Optional;

/** What is to stay of the machine's backups in a repository; without a policy everything does. Nothing goes by this alone. */
public record RetentionChanged(
        MachineId machine,
        OperationId operation,
        RepositoryName repository,
        Optional<RetentionPolicy> policy,
        Instant at)
        implements MachineEvent {}
