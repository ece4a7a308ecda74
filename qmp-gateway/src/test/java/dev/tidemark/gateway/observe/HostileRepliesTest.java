package dev.tidemark.gateway.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.gateway.testkit.ScriptedQemu;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What QEMU says is not believed before it was looked at. Replies of a real QEMU 7.2, spoiled in every way: then there is a look that is
 * right, or an error that says what is wrong; never another value in place of one that cannot be read, an accident, or no end. Another
 * course of the random ones: {@code -Dtidemark.fuzz.seed=N}, longer: {@code -Dtidemark.fuzz.rounds=N}.
 */
@Timeout(300)
class HostileRepliesTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long SEED = Long.getLong("tidemark.fuzz.seed", System.nanoTime());
    private static final int ROUNDS = Integer.getInteger("tidemark.fuzz.rounds", 200);

    /** What QEMU itself leaves out when there is nothing to say; anything else that is missing is an error. */
    private static final Set<String> MAY_BE_MISSING = Set.of(
            "/query-named-block-nodes[]/dirty-bitmaps",
            "/query-named-block-nodes[]/dirty-bitmaps[]/name",
            "/query-named-block-nodes[]/image/format-specific",
            "/query-named-block-nodes[]/image/format-specific/data",
            "/query-named-block-nodes[]/image/format-specific/data/compat",
            "/query-block[]/inserted",
            "/query-block[]/qdev",
            "/query-memory-size-summary/plugged-memory",
            "/query-name/name",
            "/query-uuid/UUID");

    /** Lists whose elements stand for things: one that is not told of is not there. */
    private static final Set<String> THINGS = Set.of(
            "/qom-list[]",
            "/query-block[]",
            "/query-commands[]",
            "/query-cpus-fast[]",
            "/query-jobs[]",
            "/query-block-exports[]",
            "/query-named-block-nodes[]/dirty-bitmaps[]",
            "/x-debug-query-block-graph/edges[]",
            "/x-debug-query-block-graph/nodes[]");

    private interface Looking {
        Look look() throws QmpException, UnusableReply;
    }

    private static ObjectNode recorded(String name) {
        try (InputStream in = Objects.requireNonNull(
                HostileRepliesTest.class.getResourceAsStream("/replies/qemu-7.2-" + name + ".json"))) {
            return (ObjectNode) MAPPER.readTree(in);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static ScriptedQemu qemu(JsonNode replies) throws IOException {
        return new ScriptedQemu(replies::get);
    }

    /** Empty if it was turned down for a reason. */
    private static Optional<Look> outcome(Looking looking, String what) {
        try {
            return Optional.of(looking.look());
        } catch (QmpException | UnusableReply told) {
            assertThat(told.getMessage()).as(what).isNotBlank();
            return Optional.empty();
        } catch (RuntimeException | StackOverflowError accident) {
            return fail(what, accident);
        }
    }

    private static QmpSession open(ScriptedQemu qemu) throws QmpException {
        return QmpSession.open(
                qemu.socket(), qemu.lockDirectory(), QmpLimits.defaults().withTimeouts(LONG, LONG), event -> {});
    }

    private static Look look(ScriptedQemu qemu) throws QmpException, UnusableReply {
        try (QmpSession session = open(qemu)) {
            return Observer.of(session, LONG).look(List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "storage-daemon"})
    void what_was_recorded_is_understood(String name) throws Exception {
        try (ScriptedQemu qemu = qemu(recorded(name))) {
            Look look = look(qemu);
            assertThat(look.observed().disks())
                    .extracting(disk -> disk.facts().name().value())
                    .containsExactly("vda", "vdb");
            assertThat(look.observed().jobs()).hasSize(1);
            assertThat(look.observed().secrets().orElseThrow()).hasSize(1);
        }
    }

    /** The judge of it: a value that cannot be what it should be leaves the look as it is, or ends it. */
    @ParameterizedTest
    @ValueSource(strings = {"system", "storage-daemon"})
    void a_value_of_another_kind_is_never_read_as_some_value(String name) throws Exception {
        ObjectNode good = recorded(name);
        Set<String> refused = new TreeSet<>();
        try (ScriptedQemu qemu = qemu(good);
                QmpSession session = open(qemu)) {
            Look right = Observer.of(session, LONG).look(List.of());
            for (Mutations.Place place : Mutations.places(good)) {
                for (JsonNode other : Mutations.ofOtherKinds(place.value())) {
                    place.holder().put(other);
                    String what = place.path() + " = " + other;
                    Optional<Look> seen =
                            outcome(() -> Observer.of(session, LONG).look(List.of()), what);
                    place.holder().put(place.value());
                    if (seen.isPresent()) {
                        assertThat(seen.get().observed()).as(what).isEqualTo(right.observed());
                        assertThat(seen.get().files()).as(what).isEqualTo(right.files());
                    } else {
                        refused.add(place.pattern());
                    }
                }
            }
        }
        assertThat(refused)
                .as("what is read is looked at")
                .contains(
                        "/query-named-block-nodes[]/dirty-bitmaps[]/recording",
                        "/query-named-block-nodes[]/dirty-bitmaps[]/granularity",
                        "/query-named-block-nodes[]/image/virtual-size",
                        "/query-jobs[]/status",
                        "/x-debug-query-block-graph/edges[]/parent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "storage-daemon"})
    void what_is_missing_is_told_unless_qemu_leaves_it_out_itself(String name) throws Exception {
        ObjectNode good = recorded(name);
        try (ScriptedQemu qemu = qemu(good);
                QmpSession session = open(qemu)) {
            Look right = Observer.of(session, LONG).look(List.of());
            int places = Mutations.places(good).size();
            for (int index = 0; index < places; index++) {
                ObjectNode spoiled = good.deepCopy();
                Mutations.Place place = Mutations.places(spoiled).get(index);
                place.holder().remove();
                qemu.answer(spoiled::get);
                Optional<Look> seen = outcome(() -> Observer.of(session, LONG).look(List.of()), place.path());
                boolean mayBe = MAY_BE_MISSING.contains(place.pattern())
                        || THINGS.contains(place.pattern())
                        || place.path().lastIndexOf('/') == 0;
                if (seen.isPresent() && !mayBe) {
                    assertThat(seen.get().observed()).as(place.path()).isEqualTo(right.observed());
                    assertThat(seen.get().files()).as(place.path()).isEqualTo(right.files());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"system", "storage-daemon"})
    void any_number_of_changes_ends_in_a_look_or_in_words(String name) throws Exception {
        System.out.println("tidemark.fuzz.seed=" + SEED);
        ObjectNode good = recorded(name);
        int looks = 0;
        try (ScriptedQemu qemu = qemu(good);
                QmpSession session = open(qemu)) {
            for (int round = 0; round < ROUNDS; round++) {
                ObjectNode spoiled = good.deepCopy();
                Mutations.spoil(spoiled, new Random(SEED + round));
                qemu.answer(spoiled::get);
                String what = "-Dtidemark.fuzz.seed=" + (SEED + round) + " -Dtidemark.fuzz.rounds=1";
                looks += outcome(() -> Observer.of(session, LONG).look(List.of()), what)
                        .map(look -> 1)
                        .orElse(0);
            }
        }
        assertThat(looks).as("not everything that was changed matters").isPositive();
    }

    /** The bytes themselves: the session ends with a word about it, or goes on. */
    @Test
    void any_number_of_broken_bytes_ends_in_a_look_or_in_words() throws Exception {
        System.out.println("tidemark.fuzz.seed=" + SEED);
        ObjectNode good = recorded("storage-daemon");
        try (ScriptedQemu qemu = qemu(good)) {
            for (int round = 0; round < ROUNDS / 2; round++) {
                Random random = new Random(SEED + round);
                int[] left = {random.nextInt(12)};
                qemu.spoil(bytes -> left[0]-- == 0 ? broken(bytes, random) : bytes);
                outcome(() -> look(qemu), "-Dtidemark.fuzz.seed=" + (SEED + round) + " -Dtidemark.fuzz.rounds=2");
            }
        }
    }

    private static byte[] broken(byte[] bytes, Random random) {
        byte[] broken = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> broken[random.nextInt(broken.length - 2)] = (byte) random.nextInt(256);
            case 1 -> broken[random.nextInt(broken.length - 2)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                return new byte[0];
            }
            default -> {
                int from = random.nextInt(broken.length - 2);
                broken = Arrays.copyOf(broken, broken.length + 2);
                System.arraycopy(bytes, from, broken, 0, bytes.length - from);
            }
        }
        // Whole lines: a peer that stops within one is waited for, which other tests do.
        broken[broken.length - 1] = '\n';
        return broken;
    }

    private static Reply graphOf(int nodes, List<int[]> edges) {
        ObjectNode graph = MAPPER.createObjectNode();
        ArrayNode listed = graph.putArray("nodes");
        for (int node = 0; node < nodes; node++) {
            listed.addObject().put("id", node).put("type", "block-driver").put("name", "n" + node);
        }
        ArrayNode among = graph.putArray("edges");
        for (int[] edge : edges) {
            among.addObject()
                    .put("parent", edge[0])
                    .put("child", edge[1])
                    .put("name", edge[2] == 0 ? "file" : "backing");
        }
        return new Reply("graph", graph);
    }

    private static Reply nodes(int count, String driver) {
        ArrayNode listed = MAPPER.createArrayNode();
        for (int node = 0; node < count; node++) {
            ObjectNode one = listed.addObject();
            one.put("node-name", "n" + node).put("drv", driver).put("ro", false).put("file", "f" + node);
            one.putObject("image").put("virtual-size", 1);
        }
        return new Reply("nodes", listed);
    }

    @Test
    void a_graph_in_which_ways_double_at_every_node_is_turned_down_at_once() throws UnusableReply {
        List<int[]> edges = new ArrayList<>();
        for (int node = 0; node < 60; node++) {
            edges.add(new int[] {node, node + 1, 0});
            edges.add(new int[] {node, node + 1, 1});
        }
        BlockGraph graph = BlockGraph.read(nodes(61, "throttle"), graphOf(61, edges));
        assertThat(graph.isRoot(graph.node("n60"))).isTrue();
        assertThatThrownBy(() -> graph.files(graph.node("n0")))
                .isInstanceOf(UnusableReply.class)
                .hasMessageContaining("ways");
    }

    @Test
    void a_chain_as_long_as_a_reply_may_be_is_walked_without_an_accident() throws UnusableReply {
        int count = 15_000;
        List<int[]> edges = new ArrayList<>();
        for (int node = 0; node < count - 1; node++) {
            edges.add(new int[] {node, node + 1, 0});
        }
        BlockGraph filters = BlockGraph.read(nodes(count, "throttle"), graphOf(count, edges));
        assertThat(filters.isRoot(filters.node("n" + (count - 1)))).isTrue();
        assertThat(filters.files(filters.node("n0"))).hasSize(1);
        assertThat(filters.file(filters.node("n0"))).isEqualTo("f" + (count - 1));
    }

    @Test
    void a_circle_a_second_node_of_a_name_and_a_second_bitmap_of_a_name_are_told() {
        assertThatThrownBy(() -> BlockGraph.read(
                        nodes(3, "throttle"),
                        graphOf(3, List.of(new int[] {0, 1, 0}, new int[] {1, 2, 0}, new int[] {2, 1, 1}))))
                .isInstanceOf(UnusableReply.class)
                .hasMessageContaining("stands on itself");
        Reply twice = nodes(2, "raw");
        ((ObjectNode) twice.value().get(1)).put("node-name", "n0");
        assertThatThrownBy(() -> BlockGraph.read(twice, graphOf(1, List.of())))
                .isInstanceOf(UnusableReply.class)
                .hasMessageContaining("second node 'n0'");
        ObjectNode recorded = recorded("storage-daemon");
        for (Mutations.Place place : Mutations.places(recorded)) {
            if (place.path().endsWith("/name") && place.value().asString("").equals("somebody")) {
                place.holder().put(MAPPER.getNodeFactory().stringNode("tm-01JCCCCCCCCCCCCCCCCCCCCCCC"));
            }
        }
        assertThatThrownBy(() -> BlockGraph.read(
                        new Reply("nodes", recorded.get("query-named-block-nodes")),
                        new Reply("graph", recorded.get("x-debug-query-block-graph"))))
                .isInstanceOf(UnusableReply.class)
                .hasMessageContaining("second bitmap");
    }
}
