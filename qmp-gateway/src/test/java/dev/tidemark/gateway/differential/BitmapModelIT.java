package dev.tidemark.gateway.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.model.ModelFaults;
import org.junit.jupiter.api.Test;

/**
 * The model of QEMU's bitmaps does what a real qemu-storage-daemon does. {@code -Dtidemark.seed} chooses the first seed,
 * {@code -Dtidemark.sequences} how many follow.
 */
class BitmapModelIT {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
    private static final int SEQUENCES = Integer.getInteger("tidemark.sequences", 150);

    @Test
    void the_same_commands_lead_to_the_same_state() {
        Comparison comparison = new Comparison(ModelFaults.NONE);
        System.out.println("seed=" + SEED + " sequences=" + SEQUENCES);
        for (long seed = SEED; seed < SEED + SEQUENCES; seed++) {
            Comparison.Run run = comparison.random(seed);
            assertThat(run.difference())
                    .as(() -> "-Dtidemark.sequences=1 -Dtidemark.seed=" + "…")
                    .isEmpty();
        }
    }
}
