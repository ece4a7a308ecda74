package dev.tidemark.schema.command;

import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.Optional;

/** Say what is to stay of a machine's backups in a repository; without a policy everything does. */
public record ChangeRetention(
        MachineId machine,
        OperationId operation,
        RepositoryName repository,
        Optional<RetentionPolicy> policy,
        Instant askedAt)
        implements MachineCommand {}
