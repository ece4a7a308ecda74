package dev.tidemark.coordinator.api.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.view.MachineView;
import dev.tidemark.schema.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WantedMembersTest {
    private static MachineView machine(String... disks) {
        return new MachineView(
                "id",
                "web",
                "vm",
                "UP",
                null,
                null,
                null,
                "/run/web.qmp",
                null,
                new MachineView.Qemu("10.0.0"),
                java.util.Arrays.stream(disks)
                        .map(disk -> new MachineView.Disk(disk, "#" + disk, "qcow2", 1024, "/" + disk, true))
                        .toList(),
                null,
                Map.of("env", "prod"));
    }

    private static String written(String fields, MachineView machine) {
        return WantedMembers.of(Optional.of(fields), MachineView.class).written(machine);
    }

    @Test
    void what_nobody_names_is_not_written_in_a_list_within_either() {
        assertThat(written("name,disks.name,disks.node", machine("vda", "vdb")))
                .isEqualTo("{\"name\":\"web\",\"disks\":[{\"name\":\"vda\",\"node\":\"#vda\"},"
                        + "{\"name\":\"vdb\",\"node\":\"#vdb\"}]}");
        assertThat(written("labels,qga,qemu", machine("vda")))
                .isEqualTo("{\"qga\":null,\"qemu\":{\"version\":\"10.0.0\"},\"labels\":{\"env\":\"prod\"}}");
    }

    @Test
    void a_list_without_entries_is_there_and_empty() {
        assertThat(written("disks.name", machine())).isEqualTo("{\"disks\":[]}");
        assertThat(written("disks", machine())).isEqualTo("{\"disks\":[]}");
    }

    @Test
    void the_whole_of_a_member_is_more_than_a_part_of_it_in_either_order() {
        String whole = written("disks", machine("vda"));
        assertThat(written("disks.name,disks", machine("vda"))).isEqualTo(whole);
        assertThat(written("disks,disks.name", machine("vda"))).isEqualTo(whole);
    }

    @Test
    void without_a_wish_everything_is_written() {
        WantedMembers all = WantedMembers.of(Optional.empty(), MachineView.class);
        assertThat(all.written(machine("vda"))).isEqualTo(Json.MAPPER.writeValueAsString(machine("vda")));
        assertThat(List.of("disks", "pending", "labels")).allMatch(all::has);
    }

    @Test
    void a_part_is_the_only_one_if_neither_another_nor_the_whole_is_wanted() {
        assertThat(isOnlyTheName("disks.name")).isTrue();
        assertThat(isOnlyTheName("id,disks.name,disks.name")).isTrue();
        assertThat(isOnlyTheName("disks.name,disks.node")).isFalse();
        assertThat(isOnlyTheName("disks.node")).isFalse();
        assertThat(isOnlyTheName("disks")).isFalse();
        assertThat(isOnlyTheName("disks.name,disks")).isFalse();
        assertThat(isOnlyTheName("name")).isFalse();
        assertThat(WantedMembers.of(Optional.empty(), MachineView.class).isOnly("disks", "name"))
                .isFalse();
    }

    private static boolean isOnlyTheName(String fields) {
        return WantedMembers.of(Optional.of(fields), MachineView.class).isOnly("disks", "name");
    }
}
