package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.id.Ulid;
import java.security.SecureRandom;

/** Marks one wish of the user, so that sending it twice asks for it once. */
record IdempotencyKey(String value) {
    static IdempotencyKey fresh() {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        new SecureRandom().nextBytes(randomness);
        return new IdempotencyKey(Ulid.encode(System.currentTimeMillis(), randomness));
    }
}
