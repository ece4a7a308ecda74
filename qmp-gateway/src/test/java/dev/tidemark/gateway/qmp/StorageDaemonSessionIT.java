package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.gateway.testkit.StorageDaemon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(180)
class StorageDaemonSessionIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    /** For what never comes; long enough for a thread that is to send first. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final long MIB = 1 << 20;

    private static QmpSession open(StorageDaemon daemon) throws QmpException {
        return open(daemon, "locks", LONG);
    }

    private static QmpSession open(StorageDaemon daemon, String locks, Duration greeting) throws QmpException {
        return QmpSession.open(
                daemon.socket(),
                daemon.directory().resolve(locks),
                QmpLimits.defaults().withTimeouts(greeting, LONG),
                event -> {});
    }

    private static StorageDaemon daemon() {
        return StorageDaemon.start(List.of(DiskImage.nullBlockdev("d0", MIB)), List.of("d0"));
    }

    @Test
    void negotiates_and_answers_queries() throws QmpException {
        try (StorageDaemon daemon = daemon();
                QmpSession session = open(daemon)) {
            assertThat(session.identity().version().major()).isGreaterThanOrEqualTo(4);
            assertThat(session.identity().process().orElseThrow().pid()).isEqualTo(daemon.pid());
            JsonNode nodes = session.execute(QmpCommand.Query.NAMED_BLOCK_NODES, LONG);
            assertThat(nodes.valueStream().map(node -> node.get("node-name").stringValue()))
                    .contains("d0");
            assertThat(session.execute(QmpCommand.Query.BLOCK, LONG).isEmpty()).isTrue();
            assertThat(session.execute(QmpCommand.Query.BLOCK_EXPORTS, LONG).size())
                    .isEqualTo(1);
        }
    }

    @Test
    void every_allowed_command_exists_in_this_qemu() throws QmpException {
        try (StorageDaemon daemon = daemon();
                QmpSession session = open(daemon)) {
            List<String> known = session.execute(QmpCommand.Query.COMMANDS, LONG)
                    .valueStream()
                    .map(command -> command.get("name").stringValue())
                    .toList();
            assertThat(known)
                    .contains(
                            "transaction",
                            "blockdev-add",
                            "blockdev-del",
                            "job-cancel",
                            "job-dismiss",
                            "block-job-set-speed");
        }
    }

    @Test
    void a_transaction_adds_a_bitmap_and_the_same_again_is_refused_with_the_session_intact() throws Exception {
        try (ShortDirectory images = ShortDirectory.create();
                StorageDaemon daemon = StorageDaemon.start(
                        List.of(DiskImage.qcow2Blockdev(
                                "d0", DiskImage.createQcow2(images.resolve("d.qcow2"), 4 * MIB))),
                        List.of("d0"));
                QmpSession session = open(daemon);
                RawMonitor bystander = RawMonitor.connect(daemon.bystanderSocket())) {
            QmpCommand add = new QmpCommand.Transaction(
                    List.of(new TransactionAction.BitmapAdd("d0", "tm-a", true, false, OptionalLong.of(65536))));
            assertThat(session.execute(add, LONG).isEmpty()).isTrue();

            QmpRefused refused = catchThrowableOfType(QmpRefused.class, () -> session.execute(add, LONG));
            assertThat(refused.errorClass()).isEqualTo("GenericError");
            assertThat(refused.outcomeUnknown()).isFalse();

            daemon.write("d0", 7, 0, 65536);
            JsonNode bitmap = bystander
                    .execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                    .valueStream()
                    .filter(node -> node.get("node-name").stringValue().equals("d0"))
                    .findFirst()
                    .orElseThrow()
                    .get("dirty-bitmaps")
                    .get(0);
            assertThat(bitmap.get("name").stringValue()).isEqualTo("tm-a");
            assertThat(bitmap.get("count").longValue()).isEqualTo(65536);
        }
    }

    @Test
    void all_actions_are_understood_by_a_real_qemu() throws Exception {
        try (ShortDirectory images = ShortDirectory.create();
                StorageDaemon daemon = StorageDaemon.start(
                        List.of(
                                DiskImage.qcow2Blockdev(
                                        "d0", DiskImage.createQcow2(images.resolve("d.qcow2"), 4 * MIB)),
                                DiskImage.nullBlockdev("tm-t0", 4 * MIB)),
                        List.of("d0"))) {
            List<QmpEvent> events = new CopyOnWriteArrayList<>();
            try (QmpSession session = QmpSession.open(
                    daemon.socket(), daemon.directory().resolve("locks"), QmpLimits.defaults(), events::add)) {
                session.execute(
                        new QmpCommand.Transaction(List.of(
                                new TransactionAction.BitmapAdd("d0", "tm-a", true, false, OptionalLong.empty()))),
                        LONG);
                session.execute(
                        new QmpCommand.Transaction(List.of(
                                new TransactionAction.BitmapAdd("d0", "tm-b", true, false, OptionalLong.empty()),
                                new TransactionAction.BitmapDisable("d0", "tm-a"),
                                new TransactionAction.BitmapAdd("d0", "tm-tmp", false, true, OptionalLong.empty()),
                                new TransactionAction.BitmapMerge(
                                        "d0",
                                        "tm-tmp",
                                        List.of(
                                                TransactionAction.BitmapSource.of("tm-a"),
                                                TransactionAction.BitmapSource.on("d0", "tm-b"))),
                                new TransactionAction.BlockdevBackup(
                                        "tm-job-1",
                                        "d0",
                                        "tm-t0",
                                        new TransactionAction.Sync.Bitmap("tm-tmp"),
                                        OptionalLong.of(MIB),
                                        false,
                                        OptionalInt.of(2)))),
                        LONG);
                Awaitility.await()
                        .atMost(LONG)
                        .until(() -> session.execute(QmpCommand.Query.JOBS, LONG)
                                .get(0)
                                .get("status")
                                .stringValue()
                                .equals("concluded"));
                session.execute(new QmpCommand.JobDismiss("tm-job-1"), LONG);
                session.execute(
                        new QmpCommand.Transaction(List.of(
                                new TransactionAction.BitmapEnable("d0", "tm-a"),
                                new TransactionAction.BitmapRemove("d0", "tm-tmp"))),
                        LONG);
                session.execute(new QmpCommand.BlockdevDel("tm-t0"), LONG);
                Awaitility.await()
                        .atMost(LONG)
                        .until(() ->
                                events.stream().anyMatch(event -> event.name().equals("BLOCK_JOB_COMPLETED")));
            }
        }
    }

    @Test
    void a_second_client_gets_no_greeting_and_a_third_and_fourth_neither() throws QmpException {
        try (StorageDaemon daemon = daemon()) {
            try (RawMonitor first = RawMonitor.connect(daemon.socket())) {
                for (int attempt = 0; attempt < 4; attempt++) {
                    QmpUnavailable other =
                            catchThrowableOfType(QmpUnavailable.class, () -> open(daemon, "locks", SHORT));
                    assertThat(other.reason()).isEqualTo(QmpUnavailable.Reason.NO_GREETING);
                }
                first.execute("{\"execute\":\"query-version\"}");
            }
            try (QmpSession after = open(daemon)) {
                assertThat(after.isOpen()).isTrue();
            }
        }
    }

    @Test
    void a_stopped_process_interrupts_and_its_late_answer_confuses_nothing() throws QmpException {
        try (StorageDaemon daemon = daemon();
                QmpSession session = open(daemon)) {
            daemon.pause();
            QmpInterrupted late =
                    catchThrowableOfType(QmpInterrupted.class, () -> session.execute(QmpCommand.Query.VERSION, SHORT));
            assertThat(late.reason()).isEqualTo(QmpInterrupted.Reason.TIMED_OUT);
            daemon.resume();
            assertThat(session.execute(QmpCommand.Query.NAMED_BLOCK_NODES, LONG).isArray())
                    .isTrue();
            assertThat(session.execute(QmpCommand.Query.VERSION, LONG).has("qemu"))
                    .isTrue();
        }
    }

    @Test
    void a_stopped_process_gives_no_greeting() {
        try (StorageDaemon daemon = daemon()) {
            daemon.pause();
            QmpUnavailable silent = catchThrowableOfType(QmpUnavailable.class, () -> open(daemon, "locks", SHORT));
            assertThat(silent.reason()).isEqualTo(QmpUnavailable.Reason.NO_GREETING);
        }
    }

    @Test
    void a_command_longer_than_the_socket_buffer_times_out_although_a_stopped_qemu_reads_nothing() throws Exception {
        try (StorageDaemon daemon = daemon();
                QmpSession session = open(daemon)) {
            daemon.pause();
            QmpCommand large = large();
            QmpInterrupted stuck = catchThrowableOfType(QmpInterrupted.class, () -> session.execute(large, SHORT));
            assertThat(stuck.reason()).isEqualTo(QmpInterrupted.Reason.TIMED_OUT);
            // The next one waits behind it: not a byte of it was sent, and the error says so.
            QmpUnavailable behind =
                    catchThrowableOfType(QmpUnavailable.class, () -> session.execute(QmpCommand.Query.VERSION, SHORT));
            assertThat(behind.reason()).isEqualTo(QmpUnavailable.Reason.BUSY);
        }
    }

    @Test
    void killed_in_the_middle_of_a_command() throws Exception {
        try (StorageDaemon daemon = daemon();
                QmpSession session = open(daemon)) {
            daemon.pause();
            FutureTask<QmpException> outcome = new FutureTask<>(() ->
                    catchThrowableOfType(QmpException.class, () -> session.execute(QmpCommand.Query.VERSION, LONG)));
            Thread waiting = Thread.ofPlatform().daemon().start(outcome);
            // It waits for its answer, and what was asked for after it has been sent: so it was sent.
            Awaitility.await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
            Awaitility.await()
                    .until(() -> catchThrowableOfType(
                                    QmpException.class, () -> session.execute(QmpCommand.Query.VERSION, SHORT))
                            instanceof QmpInterrupted);
            daemon.kill();
            assertThat(outcome.get())
                    .isInstanceOfSatisfying(
                            QmpInterrupted.class,
                            interrupted ->
                                    assertThat(interrupted.reason()).isEqualTo(QmpInterrupted.Reason.DISCONNECTED));
            assertThat(session.isOpen()).isFalse();
            QmpUnavailable stale = catchThrowableOfType(QmpUnavailable.class, () -> open(daemon));
            assertThat(stale.reason()).isEqualTo(QmpUnavailable.Reason.REFUSED);
        }
    }

    @Test
    void a_restart_on_the_same_path_is_another_identity() throws QmpException {
        try (StorageDaemon daemon = daemon()) {
            QemuIdentity before;
            QemuIdentity again;
            try (QmpSession session = open(daemon)) {
                before = session.identity();
            }
            try (QmpSession session = open(daemon)) {
                again = session.identity();
            }
            daemon.terminate();
            daemon.startAgain();
            try (QmpSession session = open(daemon)) {
                assertThat(again.isCertainlySameProcessAs(before)).isTrue();
                assertThat(session.identity().isCertainlySameProcessAs(before)).isFalse();
                assertThat(session.identity().process()).isPresent();
            }
        }
    }

    @Test
    void closing_gives_the_socket_back_at_once() throws QmpException {
        try (StorageDaemon daemon = daemon()) {
            for (int i = 0; i < 50; i++) {
                try (QmpSession session = open(daemon)) {
                    assertThat(session.execute(QmpCommand.Query.JOBS, LONG).isArray())
                            .isTrue();
                }
            }
        }
    }

    private static QmpCommand large() {
        List<TransactionAction> actions = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            actions.add(new TransactionAction.BitmapAdd("d0", "tm-" + i, false, false, OptionalLong.empty()));
        }
        return new QmpCommand.Transaction(actions);
    }
}
