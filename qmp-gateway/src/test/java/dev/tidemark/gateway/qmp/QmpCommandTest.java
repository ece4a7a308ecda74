package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Timeout(60)
class QmpCommandTest {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static Set<Class<?>> leaves(Class<?> type) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted == null) {
            return Set.of(type);
        }
        Set<Class<?>> found = new HashSet<>();
        Arrays.stream(permitted).forEach(child -> found.addAll(leaves(child)));
        return found;
    }

    /** The whole vocabulary, written down twice: who adds a command must come by here. */
    @Test
    void nothing_but_this_can_be_said() {
        assertThat(leaves(QmpCommand.class))
                .extracting(Class::getSimpleName)
                .containsExactlyInAnyOrder(
                        "Query",
                        "Transaction",
                        "BlockdevAdd",
                        "BlockdevDel",
                        "BlockdevMirror",
                        "BlockdevReopenReadOnly",
                        "BlockExportAdd",
                        "BlockExportDel",
                        "NbdServerStart",
                        "NbdServerStop",
                        "JobCancel",
                        "JobDismiss",
                        "BlockJobSetSpeed",
                        "CredentialsAdd",
                        "CredentialsDel",
                        "SecretAdd");
        assertThat(leaves(TransactionAction.class))
                .extracting(Class::getSimpleName)
                .containsExactlyInAnyOrder(
                        "BitmapAdd", "BitmapDisable", "BitmapEnable", "BitmapRemove", "BitmapMerge", "BlockdevBackup");
        assertThat(Stream.of(QmpCommand.Query.values()).map(QmpCommand::wireName))
                .containsExactlyInAnyOrder(
                        "query-version",
                        "query-status",
                        "query-name",
                        "query-uuid",
                        "query-kvm",
                        "query-cpus-fast",
                        "query-memory-size-summary",
                        "qom-get",
                        "qom-list",
                        "query-named-block-nodes",
                        "query-block",
                        "query-jobs",
                        "query-block-jobs",
                        "query-block-exports",
                        "x-debug-query-block-graph",
                        "query-commands",
                        "query-qmp-schema");
    }

    @Test
    void a_server_on_a_port_lets_nobody_in_without_a_key_and_no_key_is_said() {
        assertThat(MAPPER.readTree(new QmpCommand.NbdServerStart(new NbdListening.Tcp("::1", 10809), Optional.of("c"))
                        .arguments()
                        .toString()))
                .isEqualTo(MAPPER.readTree("""
                        {"addr":{"type":"inet","data":{"host":"::1","port":"10809"}},"tls-creds":"c"}
                        """));
        assertThat(MAPPER.readTree(new QmpCommand.CredentialsAdd("c", "/keys", false)
                        .arguments()
                        .toString()))
                .isEqualTo(MAPPER.readTree("""
                        {"qom-type":"tls-creds-x509","id":"c","endpoint":"server","dir":"/keys","verify-peer":true}
                        """));
        assertThat(MAPPER.readTree(new QmpCommand.CredentialsAdd("c", "/keys", true)
                        .arguments()
                        .toString()))
                .isEqualTo(MAPPER.readTree("""
                        {"qom-type":"tls-creds-psk","id":"c","endpoint":"server","dir":"/keys"}
                        """));
        assertThatThrownBy(() -> new NbdListening.Tcp("::1", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_all_that_can_be_read_of_an_object_only_the_machines_type_is() {
        assertThat(QmpCommand.Query.MACHINE_TYPE.arguments())
                .isEqualTo(JsonNodeFactory.instance
                        .objectNode()
                        .put("path", "/machine")
                        .put("property", "type"));
    }

    @Test
    void an_empty_merge_or_transaction_cannot_be_made() {
        assertThatThrownBy(() -> new TransactionAction.BitmapMerge("n", "t", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new QmpCommand.Transaction(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_checkpoint_with_its_backup_on_the_wire() {
        QmpCommand command = new QmpCommand.Transaction(List.of(
                new TransactionAction.BitmapAdd("d", "b2", true, false, OptionalLong.of(65536)),
                new TransactionAction.BitmapDisable("d", "b1"),
                new TransactionAction.BitmapMerge(
                        "d",
                        "t",
                        List.of(
                                TransactionAction.BitmapSource.of("b1"),
                                TransactionAction.BitmapSource.on("base", "b0"))),
                new TransactionAction.BlockdevBackup(
                        "j",
                        "d",
                        "x",
                        new TransactionAction.Sync.Bitmap("t"),
                        OptionalLong.empty(),
                        false,
                        OptionalInt.empty())));
        // On the wire: a LongNode and an IntNode of one value are not equal, their text is.
        assertThat(MAPPER.readTree(command.arguments().toString())).isEqualTo(MAPPER.readTree("""
                        {"actions":[
                         {"type":"block-dirty-bitmap-add","data":{"node":"d","name":"b2","persistent":true,"disabled":false,"granularity":65536}},
                         {"type":"block-dirty-bitmap-disable","data":{"node":"d","name":"b1"}},
                         {"type":"block-dirty-bitmap-merge","data":{"node":"d","target":"t","bitmaps":["b1",{"node":"base","name":"b0"}]}},
                         {"type":"blockdev-backup","data":{"job-id":"j","device":"d","target":"x","sync":"bitmap","bitmap":"t","bitmap-mode":"never","auto-dismiss":false}}]}
                        """));
    }

    @Test
    void a_backup_with_few_workers_on_the_wire() {
        TransactionAction.BlockdevBackup backup = new TransactionAction.BlockdevBackup(
                "j", "d", "x", new TransactionAction.Sync.Full(), OptionalLong.empty(), false, OptionalInt.empty());
        assertThat(MAPPER.readTree(backup.withWorkers(8).data().toString())).isEqualTo(MAPPER.readTree("""
                        {"job-id":"j","device":"d","target":"x","sync":"full","x-perf":{"max-workers":8},"auto-dismiss":false}
                        """));
        assertThatThrownBy(() -> backup.withWorkers(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The one use of blockdev-reopen: it can take the right to write away, and give it to nobody. */
    @Test
    void a_flush_by_reopening_on_the_wire() {
        QmpCommand command = new QmpCommand.BlockdevReopenReadOnly("t", "#block1", Optional.of("#block2"));
        assertThat(MAPPER.readTree(command.arguments().toString())).isEqualTo(MAPPER.readTree("""
                        {"options":[{"driver":"qcow2","node-name":"t","read-only":true,"file":"#block1","backing":"#block2"}]}
                        """));
    }

    /** QEMU reads the file itself; what it opened with the key it opens again under the key's name alone. */
    @Test
    void a_key_and_the_flush_of_what_it_encrypts_on_the_wire() {
        assertThat(MAPPER.readTree(new QmpCommand.SecretAdd("tm-x-k", "/etc/key, of mine")
                        .arguments()
                        .toString()))
                .isEqualTo(
                        MAPPER.readTree("{\"qom-type\":\"secret\",\"id\":\"tm-x-k\",\"file\":\"/etc/key, of mine\"}"));
        QmpCommand flush = new QmpCommand.BlockdevReopenReadOnly(
                "t", "#block1", Optional.empty(), OptionalLong.empty(), Optional.of("tm-x-k"));
        assertThat(MAPPER.readTree(flush.arguments().toString())).isEqualTo(MAPPER.readTree("""
                        {"options":[{"driver":"qcow2","node-name":"t","read-only":true,"file":"#block1",
                                     "encrypt":{"format":"luks","key-secret":"tm-x-k"}}]}
                        """));
    }

    /** Read-only, always: whoever reaches it may read the moment, and not change the guest's disk. */
    @Test
    void a_server_and_an_export_with_what_changed_on_the_wire() {
        assertThat(MAPPER.readTree(
                        new QmpCommand.NbdServerStart(new NbdListening.Unix(Path.of("/run/x.nbd")), Optional.empty())
                                .arguments()
                                .toString()))
                .isEqualTo(MAPPER.readTree("{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\"/run/x.nbd\"}}}"));
        QmpCommand command = new QmpCommand.BlockExportAdd(
                "tm-x-0", "fl", "key-d0", Optional.of(TransactionAction.BitmapSource.on("d0", "t")));
        assertThat(MAPPER.readTree(command.arguments().toString())).isEqualTo(MAPPER.readTree("""
                        {"type":"nbd","id":"tm-x-0","node-name":"fl","name":"key-d0","writable":false,
                         "bitmaps":[{"node":"d0","name":"t"}]}
                        """));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, 256, 511, 513, 1L << 32, -1, Long.MIN_VALUE})
    void a_granularity_that_qemu_would_refuse(long bytes) {
        assertThatThrownBy(() -> new TransactionAction.BitmapAdd("n", "b", true, false, OptionalLong.of(bytes)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 65536, 1L << 31})
    void a_granularity_that_qemu_takes(long bytes) {
        assertThat(new TransactionAction.BitmapAdd("n", "b", true, false, OptionalLong.of(bytes)).node())
                .isEqualTo("n");
    }

    @Test
    void names_that_qemu_would_cut_or_garble() {
        for (String bad : List.of("", "a\0b", "\ud800", "x".repeat(1024), "é".repeat(512))) {
            assertThatThrownBy(() -> new TransactionAction.BitmapRemove("n", bad))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String good : List.of("x".repeat(1023), "é".repeat(511), "a \"b\"\n/..", "\ud83d\ude00")) {
            assertThat(new TransactionAction.BitmapRemove("n", good).name()).isEqualTo(good);
        }
        for (String bad : List.of("1x", "x:y", "é", "x y")) {
            assertThatThrownBy(() -> new QmpCommand.JobCancel(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void what_was_given_cannot_be_changed_afterwards() {
        ObjectNode options = MAPPER.createObjectNode().put("driver", "qcow2").put("node-name", "n");
        QmpCommand command = new QmpCommand.BlockdevAdd(options);
        options.put("node-name", "other");
        assertThat(command.arguments().get("node-name").stringValue()).isEqualTo("n");
        assertThatThrownBy(() ->
                        new QmpCommand.BlockdevAdd(MAPPER.createObjectNode().put("driver", "raw")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_command_longer_than_four_mebibytes_is_not_sent_and_the_session_lives() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    connection.reply(connection.readId());
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            QmpCommand huge = new QmpCommand.Transaction(
                    Collections.nCopies(5 << 10, new TransactionAction.BitmapRemove("n", "tm-" + "x".repeat(1020))));
            QmpUnavailable refused =
                    catchThrowableOfType(QmpUnavailable.class, () -> session.execute(huge, FakePeer.LONG));
            assertThat(refused.reason()).isEqualTo(QmpUnavailable.Reason.TOO_LARGE);
            assertThat(session.execute(QmpCommand.Query.JOBS, FakePeer.LONG).isObject())
                    .isTrue();
        }
    }
}
