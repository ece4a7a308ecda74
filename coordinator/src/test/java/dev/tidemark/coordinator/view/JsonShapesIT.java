package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The JSON that scripts rely on: design §6, and to the letter what the golden files hold. */
class JsonShapesIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final Queries QUERIES = new Queries(DATABASE.application());
    private static final Story STORY = Story.seen(1, "web");
    private static final CheckpointId MONDAY = STORY.checkpoint("monday", Optional.empty());
    private static final CheckpointRequested TUESDAY = STORY.checkpointRequested("tuesday", Optional.of(MONDAY));
    private static final OperationId RESTORE = STORY.nextOperation();
    private static final OperationId VERIFICATION = STORY.nextOperation();
    private static final BackupRequested BACKUP = tellTheRest();

    private static BackupRequested tellTheRest() {
        STORY.tell(new CheckpointFailed(
                STORY.machine(),
                TUESDAY.operation(),
                TUESDAY.checkpoint(),
                FailureCode.QEMU_REFUSED,
                "Bitmap already exists",
                STORY.now()));
        BackupRequested backup = STORY.backup(Optional.of("with-backup"));
        STORY.tell(new ChainBroken(
                STORY.machine(),
                Story.VDA,
                BreakCause.BITMAP_INCONSISTENT,
                "QEMU was killed",
                List.of(MONDAY),
                STORY.now()));
        STORY.tell(new RestoreRequested(
                STORY.machine(),
                RESTORE,
                backup.backup(),
                Story.REPOSITORY,
                List.of(Story.VDA),
                "/restore",
                RestoreFormat.QCOW2,
                STORY.now()));
        STORY.tell(new RestoreCompleted(
                STORY.machine(),
                RESTORE,
                backup.backup(),
                List.of(new RestoredDisk(Story.VDA, "/restore/vda.qcow2", RestoreFormat.QCOW2, 10_737_418_240L)),
                STORY.now()));
        STORY.tell(new VerificationRequested(
                STORY.machine(), VERIFICATION, backup.backup(), Story.REPOSITORY, STORY.now()));
        STORY.tell(new BackupDamaged(
                STORY.machine(),
                VERIFICATION,
                backup.backup(),
                List.of(new DamagedDisk(Story.VDA, "vda.qcow2", "sha256 differs")),
                STORY.now()));
        return backup;
    }

    @BeforeAll
    static void tell() throws SQLException {
        new ReadModels(DATABASE).tell(STORY);
    }

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void vm() throws IOException {
        JsonNode vm = shape("vm", QUERIES.machine(STORY.machine()).orElseThrow());
        has(vm, "id", "name", "host", "state", "qemu", "disks", "qmp", "pending", "labels");
        has(vm.path("qemu"), "version");
        has(vm.path("disks").path(0), "name", "node", "format", "virtualSize", "file");
    }

    @Test
    void checkpoint() throws IOException {
        JsonNode checkpoint = shape(
                "checkpoint", QUERIES.checkpoint(STORY.machine(), "monday").orElseThrow());
        has(checkpoint, "id", "name", "parent", "state", "createdAt", "consistency", "disks");
        has(checkpoint.path("disks").path(0), "disk", "bitmap", "state", "cause");
    }

    @Test
    void checkpoint_that_failed() throws IOException {
        shape(
                "checkpoint-failed",
                QUERIES.checkpoint(STORY.machine(), TUESDAY.checkpoint().value())
                        .orElseThrow());
    }

    @Test
    void backup() throws IOException {
        JsonNode backup = shape("backup", QUERIES.backup(BACKUP.backup()).orElseThrow());
        has(
                backup,
                "id",
                "vm",
                "repo",
                "mode",
                "state",
                "checkpoint",
                "startedAt",
                "completedAt",
                "error",
                "disks",
                "requestedAt",
                "verifiedAt",
                "verifiedBy",
                "deepVerifiedAt",
                "damaged");
        has(backup.path("disks").path(0), "disk", "kind", "since", "cause", "bytes", "file", "sha256");
    }

    @Test
    void operation() throws IOException {
        JsonNode operation =
                shape("operation", QUERIES.operation(BACKUP.operation()).orElseThrow());
        has(
                operation,
                "id",
                "vm",
                "kind",
                "state",
                "code",
                "error",
                "remedy",
                "target",
                "progress",
                "startedAt",
                "endedAt",
                "events");
    }

    @Test
    void operation_that_failed() throws IOException {
        shape("operation-failed", QUERIES.operation(TUESDAY.operation()).orElseThrow());
    }

    @Test
    void operation_of_a_restore() throws IOException {
        JsonNode operation =
                shape("operation-restore", QUERIES.operation(RESTORE).orElseThrow());
        has(operation.path("result"), "backup", "disks");
        has(operation.path("result").path("disks").path(0), "disk", "file", "format", "virtualSize");
    }

    @Test
    void operation_of_a_verification_that_found_damage() throws IOException {
        shape("operation-damaged", QUERIES.operation(VERIFICATION).orElseThrow());
    }

    private static void has(JsonNode object, String... members) {
        assertThat(new TreeSet<>(object.propertyNames())).containsAll(Set.of(members));
    }

    private static JsonNode shape(String name, Object view) throws IOException {
        String json = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(view) + "\n";
        try (InputStream golden = JsonShapesIT.class.getResourceAsStream("/golden/view/" + name + ".json")) {
            String expected = golden == null ? "" : new String(golden.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(json).as(name).isEqualTo(expected);
        }
        return Json.MAPPER.readTree(json);
    }
}
