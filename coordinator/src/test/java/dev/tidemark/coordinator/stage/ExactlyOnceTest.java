package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.stage.Acknowledged.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The judge is judged: whatever is taken from a good end, put to it or doubled in it, he says so. */
class ExactlyOnceTest {
    private static final List<Acknowledged> ALL = List.of(
            new Acknowledged(Kind.CREATE, "k1", "O1", "C1", ""),
            new Acknowledged(Kind.BACKUP, "k2", "O2", "B2", "d"),
            new Acknowledged(Kind.DELETE, "k3", "O3", "C1", ""));
    private static final List<String> LOG = List.of(
            row("machine-registered.v1", "O0", ""),
            row("checkpoint-requested.v1", "O1", ",\"checkpoint\":\"C1\""),
            row("checkpoint-created.v1", "O1", ",\"checkpoint\":\"C1\""),
            row("backup-requested.v1", "O2", ",\"backup\":\"B2\",\"checkpoint\":{\"id\":\"C2\",\"name\":\"b\"}"),
            row("checkpoint-created.v1", "O2", ",\"checkpoint\":\"C2\""),
            row("backup-completed.v1", "O2", ",\"backup\":\"B2\""),
            row("checkpoint-deletion-requested.v1", "O3", ",\"checkpoint\":\"C1\""),
            row("checkpoint-deleted.v1", "O3", ",\"checkpoint\":\"C1\""));
    private static final List<String> COMMANDS = List.of(
            sent(action("block-dirty-bitmap-add", "name", "tm-C1")),
            sent(action("block-dirty-bitmap-add", "name", "tm-C2")
                    + "," + action("block-dirty-bitmap-add", "name", "tm-tmp-O2") + ","
                    + action("blockdev-backup", "job-id", "tm-O2-0")),
            sent(action("block-dirty-bitmap-remove", "name", "tm-C1")));
    private static final Evidence GOOD = new Evidence(LOG, List.of("tm-C2", "somebody-elses"), COMMANDS, List.of("B2"));

    record Sabotage(String name, UnaryOperator<Evidence> done) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String row(String type, String operation, String members) {
        return "e M 0 " + type + " {\"machine\": \"M\",\"operation\":\"" + operation + "\"" + members + "}";
    }

    private static String action(String type, String member, String name) {
        return "{\"type\":\"" + type + "\",\"data\":{\"" + member + "\":\"" + name + "\"}}";
    }

    private static String sent(String actions) {
        return "{\"execute\":\"transaction\",\"arguments\":{\"actions\":[" + actions + "]}}";
    }

    private static <T> List<T> without(List<T> all, int index) {
        List<T> fewer = new ArrayList<>(all);
        fewer.remove(index);
        return fewer;
    }

    private static <T> List<T> with(List<T> all, T one) {
        List<T> more = new ArrayList<>(all);
        more.add(one);
        return more;
    }

    static Stream<Sabotage> sabotages() {
        List<Sabotage> all = new ArrayList<>();
        for (int index = 1; index < LOG.size(); index++) {
            int at = index;
            if (!LOG.get(at).contains("checkpoint-created.v1 {\"machine\": \"M\",\"operation\":\"O2\"")) {
                all.add(new Sabotage("without " + LOG.get(at), good -> log(good, without(LOG, at))));
                all.add(new Sabotage("twice " + LOG.get(at), good -> log(good, with(LOG, LOG.get(at)))));
            }
        }
        for (int index = 0; index < COMMANDS.size(); index++) {
            int at = index;
            all.add(new Sabotage("not sent " + COMMANDS.get(at), good -> sent(good, without(COMMANDS, at))));
            all.add(new Sabotage(
                    "sent twice " + COMMANDS.get(at), good -> sent(good, with(COMMANDS, COMMANDS.get(at)))));
        }
        all.add(new Sabotage("a chain that broke", good -> log(good, with(LOG, row("chain-broken.v1", "O2", "")))));
        all.add(new Sabotage(
                "something that failed", good -> log(good, with(LOG, row("checkpoint-failed.v1", "O9", "")))));
        all.add(new Sabotage("a bitmap that is gone", good -> bitmaps(good, List.of())));
        all.add(new Sabotage("a bitmap that is still there", good -> bitmaps(good, List.of("tm-C1", "tm-C2"))));
        all.add(new Sabotage("a bitmap that is there twice", good -> bitmaps(good, List.of("tm-C2", "tm-C2"))));
        all.add(new Sabotage("a temporary that was left", good -> bitmaps(good, List.of("tm-C2", "tm-tmp-O2"))));
        all.add(new Sabotage("a backup that is gone", good -> directories(good, List.of())));
        all.add(new Sabotage("a backup that was left", good -> directories(good, List.of("B2", "B3.partial"))));
        return all.stream();
    }

    private static Evidence log(Evidence good, List<String> log) {
        return new Evidence(log, good.bitmaps(), good.commands(), good.directories());
    }

    private static Evidence bitmaps(Evidence good, List<String> bitmaps) {
        return new Evidence(good.log(), bitmaps, good.commands(), good.directories());
    }

    private static Evidence sent(Evidence good, List<String> commands) {
        return new Evidence(good.log(), good.bitmaps(), commands, good.directories());
    }

    private static Evidence directories(Evidence good, List<String> directories) {
        return new Evidence(good.log(), good.bitmaps(), good.commands(), directories);
    }

    @Test
    void a_good_end_is_a_good_end() {
        assertThat(ExactlyOnce.findings(ALL, GOOD)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sabotages")
    void what_is_missing_or_doubled_is_found(Sabotage sabotage) {
        assertThat(ExactlyOnce.findings(ALL, sabotage.done().apply(GOOD))).isNotEmpty();
    }

    @Test
    void what_nobody_was_told_of_is_found() {
        for (int index = 0; index < ALL.size(); index++) {
            assertThat(ExactlyOnce.findings(without(ALL, index), GOOD)).isNotEmpty();
        }
    }
}
