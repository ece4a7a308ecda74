package dev.tidemark.gateway.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs as QEMU 7.2 draws them, and as it must not draw them. */
class BlockGraphTest {
    private final List<String> nodes = new ArrayList<>();
    private final List<String> graphNodes = new ArrayList<>();
    private final List<String> edges = new ArrayList<>();

    @Test
    void a_disk_is_a_writable_format_node_on_which_nothing_stands() throws Exception {
        qcow2("d0", false, "");
        file("#block1", false);
        edge("d0", "file", "#block1");
        qcow2("base", true, "");
        edge("d0", "backing", "base");
        assertThat(names(rootNodes())).containsExactly("d0");
        assertThat(rootNodes().found().getFirst().facts().backingDepth()).isEqualTo(1);
        assertThat(rootNodes().found().getFirst().facts().file()).isEqualTo("/images/#block1");
    }

    @Test
    void during_a_backup_the_disk_is_found_below_the_filter_with_its_bitmaps() throws Exception {
        qcow2("d0", false, bitmap("\"name\":\"tm-x\",") + "," + bitmap(""));
        node("#block9", "copy-before-write", false, "");
        qcow2("tm-target", false, "");
        edge("#block9", "file", "d0");
        edge("#block9", "target", "tm-target");
        assertThat(names(rootNodes())).containsExactly("d0");
        Disks devices = devices("vda", "#block9");
        assertThat(devices.found().getFirst().facts().node()).isEqualTo("d0");
        assertThat(devices.found().getFirst().bitmaps())
                .extracting(bitmap -> bitmap.name().orElse("nameless"))
                .containsExactly("tm-x", "nameless");
    }

    @Test
    void an_exported_disk_to_which_somebodys_backup_writes_is_still_there_and_a_mere_target_is_none() throws Exception {
        qcow2("d0", false, "");
        qcow2("theirs", false, "");
        qcow2("source", false, "");
        for (String target : List.of("d0", "theirs")) {
            node("filter-" + target, "copy-before-write", false, "");
            edge("filter-" + target, "file", "source");
            edge("filter-" + target, "target", target);
        }
        exported("d0");
        assertThat(names(rootNodes())).containsExactly("d0", "source");
    }

    @Test
    void a_bitmap_in_the_base_is_not_the_overlays() throws Exception {
        qcow2("base", true, bitmap("\"name\":\"tm-x\","));
        qcow2("overlay", false, "");
        edge("overlay", "backing", "base");
        Disks devices = devices("vda", "overlay");
        assertThat(devices.found().getFirst().bitmaps()).isEmpty();
        assertThat(devices.found().getFirst().facts().backingDepth()).isEqualTo(1);
    }

    @Test
    void a_commit_calls_what_it_filters_its_backing() throws Exception {
        qcow2("d0", false, "");
        node("#block7", "commit_top", false, "");
        edge("#block7", "backing", "d0");
        assertThat(devices("vda", "#block7").found().getFirst().facts().node()).isEqualTo("d0");
    }

    @Test
    void ids_that_cannot_name_a_disk_are_told() throws Exception {
        qcow2("a", false, "");
        qcow2("b", false, "");
        qcow2("c", false, "");
        qcow2("d", false, "");
        String block = "[" + device("/machine/peripheral/vda/virtio-backend", "a") + ","
                + device("/machine/peripheral-anon/device[0]/virtio-backend", "b") + "," + device("scsi0", "c") + ","
                + device("/machine/peripheral/v d/virtio-backend", "d") + "]";
        Disks disks = Disks.ofDevices(graph(), reply("query-block", block), UnaryOperator.identity());
        assertThat(names(disks)).containsExactly("scsi0", "vda");
        assertThat(disks.unaddressable())
                .containsExactly(
                        "/machine/peripheral-anon/device[0]/virtio-backend", "/machine/peripheral/v d/virtio-backend");
    }

    @Test
    void two_devices_on_one_node_cannot_be_told_apart() throws Exception {
        qcow2("a", false, "");
        String block = "[" + device("one", "a") + "," + device("two", "a") + "]";
        Disks disks = Disks.ofDevices(graph(), reply("query-block", block), UnaryOperator.identity());
        assertThat(names(disks)).containsExactly("one");
        assertThat(disks.unaddressable()).containsExactly("two");
    }

    @Test
    void removable_read_only_and_empty_devices_are_no_disks() throws Exception {
        qcow2("a", true, "");
        String block = "[{\"qdev\":\"cd\",\"removable\":true,\"inserted\":{\"ro\":false,\"node-name\":\"a\"}},"
                + "{\"qdev\":\"empty\",\"removable\":false},"
                + "{\"qdev\":\"ro\",\"removable\":false,\"inserted\":{\"ro\":true,\"node-name\":\"a\"}}]";
        Disks disks = Disks.ofDevices(graph(), reply("query-block", block), UnaryOperator.identity());
        assertThat(disks.found()).isEmpty();
        assertThat(disks.unaddressable()).isEmpty();
    }

    @Test
    void qcow2_of_the_old_kind_and_raw_keep_no_bitmaps() throws Exception {
        node("d0", "qcow2", false, "\"format-specific\":{\"data\":{\"compat\":\"0.10\"}},");
        node("d1", "raw", false, "");
        qcow2("d2", false, "");
        assertThat(rootNodes().found())
                .extracting(disk -> disk.facts().persistentBitmaps())
                .containsExactly(false, false, true);
    }

    @Test
    void a_graph_that_names_a_node_that_is_not_there_moved_meanwhile() {
        graphNodes.add("{\"id\":77,\"type\":\"block-driver\",\"name\":\"ghost\"}");
        assertThatThrownBy(this::graph)
                .isInstanceOfSatisfying(
                        UnusableReply.class,
                        moved -> assertThat(moved.isMoving()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[7]",
                "[{}]",
                "[{\"node-name\":\"a\"}]",
                "[{\"node-name\":7,\"drv\":\"raw\",\"ro\":false,\"file\":\"\",\"image\":{\"virtual-size\":1}}]",
                "[{\"node-name\":\"a\",\"drv\":\"raw\",\"ro\":\"no\",\"file\":\"\",\"image\":{\"virtual-size\":1}}]",
                "[{\"node-name\":\"a\",\"drv\":\"raw\",\"ro\":false,\"file\":\"\",\"image\":{\"virtual-size\":-1}}]",
                "[{\"node-name\":\"a\",\"drv\":\"raw\",\"ro\":false,\"file\":\"\",\"image\":{\"virtual-size\":1.5}}]",
                "[{\"node-name\":\"a\",\"drv\":\"raw\",\"ro\":false,\"file\":\"\",\"image\":{\"virtual-size\":9223372036854775808}}]",
                "[{\"node-name\":\"a\",\"drv\":\"raw\",\"ro\":false,\"file\":\"\",\"image\":{\"virtual-size\":1},\"dirty-bitmaps\":{}}]",
                "[{\"node-name\":\"a\",\"drv\":\"raw\",\"ro\":false,\"file\":\"\",\"image\":{\"virtual-size\":1},\"dirty-bitmaps\":[{\"name\":\"x\"}]}]"
            })
    void a_reply_of_another_shape_cannot_be_used(String malformed) {
        assertThatThrownBy(
                        () -> BlockGraph.read(reply("nodes", malformed), reply("graph", "{\"nodes\":[],\"edges\":[]}")))
                .isInstanceOfSatisfying(
                        UnusableReply.class,
                        fault -> assertThat(fault.isMoving()).isFalse());
    }

    private Disks rootNodes() throws UnusableReply {
        return Disks.ofRootNodes(graph(), UnaryOperator.identity());
    }

    private Disks devices(String id, String node) throws UnusableReply {
        return Disks.ofDevices(graph(), reply("query-block", "[" + device(id, node) + "]"), UnaryOperator.identity());
    }

    private BlockGraph graph() throws UnusableReply {
        return BlockGraph.read(
                reply("nodes", "[" + String.join(",", nodes) + "]"),
                reply(
                        "graph",
                        "{\"nodes\":[" + String.join(",", graphNodes) + "],\"edges\":[" + String.join(",", edges)
                                + "]}"));
    }

    private static Reply reply(String where, String json) {
        return new Reply(where, Json.MAPPER.readTree(json));
    }

    private static List<String> names(Disks disks) {
        return disks.found().stream()
                .map(ObservedDisk::facts)
                .map(facts -> facts.name())
                .map(DiskName::value)
                .toList();
    }

    private static String device(String qdev, String node) {
        return "{\"qdev\":\"" + qdev + "\",\"removable\":false,\"inserted\":{\"ro\":false,\"node-name\":\"" + node
                + "\"}}";
    }

    private static String bitmap(String name) {
        return "{" + name + "\"recording\":true,\"persistent\":true,\"busy\":false,\"granularity\":65536,\"count\":0}";
    }

    private void qcow2(String name, boolean readOnly, String bitmaps) {
        node(
                name,
                "qcow2",
                readOnly,
                "\"format-specific\":{\"data\":{\"compat\":\"1.1\"}},",
                bitmaps.isEmpty() ? "" : ",\"dirty-bitmaps\":[" + bitmaps + "]");
    }

    private void file(String name, boolean readOnly) {
        node(name, "file", readOnly, "");
    }

    private void node(String name, String driver, boolean readOnly, String imageMembers) {
        node(name, driver, readOnly, imageMembers, "");
    }

    private void node(String name, String driver, boolean readOnly, String imageMembers, String members) {
        nodes.add("{\"node-name\":\"" + name + "\",\"drv\":\"" + driver + "\",\"ro\":" + readOnly
                + ",\"file\":\"/images/" + name + "\",\"image\":{" + imageMembers + "\"virtual-size\":1048576}"
                + members
                + "}");
        graphNodes.add("{\"id\":" + nodes.size() + ",\"type\":\"block-driver\",\"name\":\"" + name + "\"}");
    }

    private void edge(String parent, String role, String child) {
        edges.add("{\"parent\":" + id(parent) + ",\"child\":" + id(child) + ",\"name\":\"" + role + "\"}");
    }

    private void exported(String name) {
        int export = 1000 + graphNodes.size();
        graphNodes.add("{\"id\":" + export + ",\"type\":\"block-backend\",\"name\":\"\"}");
        edges.add("{\"parent\":" + export + ",\"child\":" + id(name) + ",\"name\":\"root\"}");
    }

    private int id(String name) {
        for (int index = 0; index < nodes.size(); index++) {
            if (nodes.get(index).startsWith("{\"node-name\":\"" + name + "\"")) {
                return index + 1;
            }
        }
        throw new IllegalArgumentException(name);
    }
}
