package dev.tidemark.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a gateway is told of, and in which order. */
class TrackedMachinesTest {
    private static final HostName HERE = new HostName("here");
    private static final HostName THERE = new HostName("there");

    private final TrackedMachines machines = new TrackedMachines("life");
    private final Tracked one = tracked("A", HERE);
    private final Tracked two = tracked("B", HERE);
    private final Tracked far = tracked("C", THERE);

    @Test
    void what_changed_behind_a_place_is_told_once_in_its_order_and_to_its_host_alone() {
        machines.touch(one, 1);
        machines.touch(far, 2);
        machines.touch(two, 3);
        assertThat(changed(HERE, 0)).containsExactly(one, two);
        long place = machines.place(machines.cursor());
        assertThat(changed(HERE, place)).isEmpty();

        machines.touch(one, 4);
        machines.touch(far, 5);

        assertThat(changed(HERE, place)).containsExactly(one);
        assertThat(changed(THERE, place)).containsExactly(far);
        assertThat(changed(HERE, 0)).containsExactly(two, one);
        assertThat(machines.all()).hasSize(3);
    }

    @Test
    void a_cursor_that_is_not_of_this_life_is_before_everything() {
        machines.touch(one, 1);
        for (String cursor : List.of("", "life", "life:", "life:x", "other:1", "life:99999999999999999999")) {
            assertThat(machines.place(cursor)).as(cursor).isZero();
        }
        assertThat(machines.place(null)).isZero();
        assertThat(machines.place("life:1")).isEqualTo(1);
    }

    private List<Tracked> changed(HostName host, long place) {
        return machines.changedSince(host, place);
    }

    private static Tracked tracked(String last, HostName host) {
        MachineId id = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FA" + last);
        return new Tracked(Machine.unknown(id)
                .evolve(new MachineRegistered(
                        id, new MachineName("vm"), host, "/run/vm.qmp", Optional.empty(), Instant.EPOCH)));
    }
}
