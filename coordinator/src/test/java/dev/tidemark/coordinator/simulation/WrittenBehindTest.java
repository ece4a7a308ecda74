package dev.tidemark.coordinator.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import java.util.List;
import org.junit.jupiter.api.Test;

/** QEMU ends cleanly, somebody writes to the image, QEMU starts: every bitmap looks whole (hazard S8). */
class WrittenBehindTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void an_image_that_was_written_behind_breaks_its_chain() {
        assertThat(causes(Saboteur.NONE, true)).containsExactly(BreakCause.IMAGE_WRITTEN);
    }

    @Test
    void a_clean_restart_that_was_watched_breaks_nothing() {
        assertThat(causes(Saboteur.NONE, false)).isEmpty();
    }

    @Test
    void a_watch_that_is_not_believed_goes_red() {
        assertThatThrownBy(() -> causes(Saboteur.WRITTEN_BEHIND_PASSES, true)).isInstanceOf(Violation.class);
    }

    private static List<BreakCause> causes(Saboteur saboteur, boolean written) {
        Quiet.logging();
        Quiet.begin();
        World world = new World(new Dice(1), false);
        Simulation simulation = new Simulation(world, saboteur, 1, played -> new FailureScript(played, null));
        simulation.begin();
        world.in(SECOND, () -> simulation.client.ask(simulation.client.evening(Simulation.REPOSITORIES.getFirst())));
        world.in(11 * SECOND, () -> {
            simulation.machine.quit();
            if (written) {
                simulation.machine.writeBehind(simulation.machine.disks.getFirst());
            }
        });
        world.in(12 * SECOND, simulation.machine::start);
        simulation.endIn(20 * SECOND);
        world.live();
        return simulation.log.events().stream()
                .filter(ChainBroken.class::isInstance)
                .map(event -> ((ChainBroken) event).cause())
                .toList();
    }
}
