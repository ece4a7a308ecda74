package dev.tidemark.coordinator.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.id.TargetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetsTest {
    private static final TargetAddress OWN = new TargetAddress("/dev/vg0/web");
    private static final TargetAddress OTHER = new TargetAddress("/dev/vg0/copy");

    private static Machine onADevice() {
        Story story = Story.registered();
        DiskFacts device = new DiskFacts(Story.VDA, "node-vda", "raw", Story.SIZE, OWN.value(), 0, false);
        story.look(Look.asExpected(story.now()).plug(device).plug(Story.disk(Story.VDB)));
        return story.now();
    }

    @Test
    void a_machines_own_disk_is_no_target_not_even_of_another_disk() {
        Machine machine = onADevice();
        for (DiskTarget target : List.of(new DiskTarget(Story.VDA, OWN), new DiskTarget(Story.VDB, OWN))) {
            Optional<Rejection> objection = Targets.objection(machine, List.of(target));
            assertThat(objection).contains(new Rejection.TargetIsDisk(OWN, Story.VDA));
            assertThat(objection.orElseThrow().detail()).contains("the machine's own disk vda");
        }
        assertThat(Targets.objection(machine, List.of(new DiskTarget(Story.VDA, OTHER))))
                .isEmpty();
    }

    @Test
    void one_place_for_two_disks_is_none() {
        assertThat(Targets.objection(
                        onADevice(), List.of(new DiskTarget(Story.VDA, OTHER), new DiskTarget(Story.VDB, OTHER))))
                .contains(new Rejection.TargetNamedTwice(OTHER));
    }
}
