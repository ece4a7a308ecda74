package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence.Stored;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Whatever ends a gateway that writes encrypted files, QEMU keeps no key, and the next gateway goes on. */
@Timeout(120)
class EncryptedBackupIT {
    private static final String ROOT = "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/\"}}";
    private static final String OBJECTS = "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/objects\"}}";

    private static Path key(Rig rig) throws IOException {
        Path key = Files.writeString(rig.files.resolve("key, with a comma"), "0123456789abcdef0123456789abcdef");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        rig.encrypt(key);
        return key;
    }

    private static PushBackupOperation full(Rig rig) {
        return Operations.backup(
                Optional.of(Operations.checkpoint("first")),
                OptionalLong.empty(),
                Operations.full(rig.disk(0), true, Optional.empty()));
    }

    private static List<String> secrets(Rig rig) {
        try (RawMonitor bystander = rig.bystander()) {
            boolean ever = bystander
                    .execute(ROOT)
                    .valueStream()
                    .anyMatch(child -> child.path("name").asString("").equals("objects"));
            return ever
                    ? bystander
                            .execute(OBJECTS)
                            .valueStream()
                            .filter(object -> object.path("type").asString("").equals("child<secret>"))
                            .map((JsonNode object) -> object.path("name").asString(""))
                            .toList()
                    : List.of();
        }
    }

    private static byte[] opened(Rig rig, PushBackupOperation operation, Path key) throws IOException {
        Path raw = rig.files.resolve("opened");
        RequiredProgram.QEMU_IMG.run(
                "convert",
                "--object",
                "secret,id=k,file=" + key.toString().replace(",", ",,"),
                "-O",
                "raw",
                "json:{\"driver\":\"qcow2\",\"encrypt\":{\"key-secret\":\"k\"},\"file\":{\"driver\":\"file\",\"filename\":\""
                        + rig.backupFile(operation.backup(), 0) + "\"}}",
                raw.toString());
        return Files.readAllBytes(raw);
    }

    /** What a crash leaves that comes after QEMU was given the key and before it was told to forget it. */
    @Test
    void a_key_that_a_crash_has_left_in_qemu_goes_and_the_next_gateway_completes_the_backup() throws IOException {
        try (Rig rig = new Rig(1)) {
            Path key = key(rig);
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 1 << 20);
            byte[] content = rig.content(0);
            PushBackupOperation operation = full(rig);
            Crashes crashes = new Crashes(CrashPoint.AFTER_BEGIN);
            rig.crash = crashes;
            rig.coordinator.ask(operation);
            crashes.awaitCrash();
            rig.stopGateway();
            assertThat(secrets(rig)).isEmpty();
            try (RawMonitor bystander = rig.bystander()) {
                bystander.execute("{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"secret\",\"id\":\"tm-"
                        + operation.id() + "-d547dcc6e350db65\",\"file\":\"" + key + "\"}}");
            }
            assertThat(secrets(rig)).hasSize(1);
            // when the next one crashes while it closes the targets, which takes the key's name
            Crashes again = new Crashes(CrashPoint.BEFORE_TARGETS_CLOSED);
            rig.crash = again;
            rig.restartGateway();
            again.awaitCrash();
            assertThat(secrets(rig)).isEmpty();
            rig.restartGateway();
            // then
            assertThat(rig.outcome(operation.id()))
                    .isInstanceOfSatisfying(
                            Outcome.Done.class,
                            done -> assertThat(((Stored) done.evidence())
                                            .disks()
                                            .getFirst()
                                            .encryption())
                                    .isPresent());
            assertThat(opened(rig, operation, key)).isEqualTo(content);
            assertThat(secrets(rig)).isEmpty();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_key_that_is_gone_when_it_is_needed_is_named_and_nothing_is_left() throws IOException {
        try (Rig rig = new Rig(1)) {
            Path key = key(rig);
            rig.awaitDisks();
            rig.crash = point -> {
                try {
                    if (point == CrashPoint.AFTER_BEGIN) {
                        Files.deleteIfExists(key);
                    }
                } catch (IOException failure) {
                    throw new IllegalStateException(failure);
                }
            };
            for (String when : List.of("in its midst", "before it begins")) {
                assertThat(rig.run(full(rig))).as(when).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(FailureCode.KEY_MISSING);
                    assertThat(refused.detail()).contains("no such file");
                });
            }
            assertThat(secrets(rig)).isEmpty();
            rig.assertNothingOfOursButBitmaps();
        }
    }
}
