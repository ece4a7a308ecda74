package dev.tidemark.coordinator.api.resource;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.Ulid;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/** Ids and times, which come into the core with the commands. */
public final class FreshIds {
    private static final int SECRET_BYTES = 20;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public FreshIds(Clock clock) {
        this.clock = clock;
    }

    /** To the microsecond, which is what PostgreSQL keeps. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    MachineId machine() {
        return new MachineId(next());
    }

    /** Of something that is asked for now. */
    public OperationId operation() {
        return new OperationId(next());
    }

    CheckpointId checkpoint() {
        return new CheckpointId(next());
    }

    BackupId backup() {
        return new BackupId(next());
    }

    /** What nobody can guess: 160 bits, in letters and digits that mean the same in every place. */
    String secret() {
        byte[] randomness = new byte[SECRET_BYTES];
        random.nextBytes(randomness);
        return HexFormat.of().formatHex(randomness);
    }

    private String next() {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        random.nextBytes(randomness);
        return Ulid.encode(clock.millis(), randomness);
    }
}
