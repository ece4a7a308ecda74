package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.coordinator.testkit.KeyWatch;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.id.RepositoryName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The whole life of backups whose repository was encrypted while it was in use, and whose key was changed later. */
@Timeout(300)
class EncryptedIT {
    private static final RepositoryName KEPT = new RepositoryName("kept");
    private static final int PATTERN = 0x5a;
    private static final int PATTERN_BYTES = 512;

    private final Machine machine = new Machine(1);
    private final ShortDirectory directory = ShortDirectory.create();
    private final Path home = directory.resolve("home");
    private final Path repository = directory.resolve("re,po");
    private final Client client = new Client(new Api(home), machine, directory.resolve("restores"));
    private final Api api = new Api(home);
    private final Path first = key("first, of all", 'a');
    private final Path second = key("second", 'b');
    private final Path third = key("third", 'c');
    private LocalCoordinator coordinator;
    private int restored;

    EncryptedIT() throws IOException {
        Files.createDirectory(repository);
        coordinator = LocalCoordinator.start(home, Map.of(KEPT, repository));
    }

    @AfterEach
    void close() {
        coordinator.close();
        machine.close();
        directory.close();
    }

    @Test
    void a_chain_over_no_key_one_key_and_another_is_restored_exported_verified_and_merged() throws IOException {
        client.register();
        // given a full backup of before there was a key: the twin, in whose files the guest's data can be read
        machine.daemon().write("d0", PATTERN, 0, 1 << 20);
        Made plain = backUp(Map.of());
        assertThat(filesWith(PATTERN)).hasSize(1);
        // when
        try (KeyWatch watch = new KeyWatch(Files.readString(first), Files.readString(second))) {
            serve(first);
            machine.daemon().write("d0", PATTERN, 1 << 20, 2 << 20);
            Made underWay = underWrites(Map.of("repo", "kept", "checkpoint", "under-way"));
            Made copy = backUp(Map.of("kind", "COPY"));
            serve(second, first);
            machine.daemon().write("d0", PATTERN, 3 << 20, 70_000);
            Made rotated = backUp(Map.of());
            Made differential = backUp(Map.of("kind", "DIFFERENTIAL", "since", "under-way"));
            // then
            assertThat(underWay.kind("d0")).isEqualTo("INCREMENTAL");
            assertThat(copy.kind("d0")).startsWith("FULL");
            assertThat(rotated.kind("d0")).isEqualTo("INCREMENTAL");
            assertThat(keyOf(plain)).isEmpty();
            assertThat(keyOf(underWay)).isEqualTo(keyOf(copy)).hasSize(16).isNotEqualTo(keyOf(rotated));
            assertThat(keyOf(rotated)).isEqualTo(keyOf(differential));
            assertThat(filesWith(PATTERN)).hasSize(1);
            client.assertEveryBackupRestoresIdentically();
            for (Made made : client.made()) {
                verify(made, made.id().equals(rotated.id()));
            }
            Exports exports = new Exports(api, home);
            JsonNode export = exports.opened(rotated.id(), Map.of());
            assertThat(new Puller(api, machine.file(".")).copied(export).get("d0"))
                    .isEqualTo(rotated.truth().get("d0"));
            exports.lookingIn(export);
            exports.end(export);
            withoutACoordinator(rotated);
            api.done(api.delete("/v1/backups/" + differential.id()));
            client.forget(differential);
            // and what stands on two others takes in the one, and then the other
            for (String kind : List.of("INCREMENTAL", "FULL")) {
                api.done(api.start("/v1/backups/" + rotated.id() + "/merge", Map.of()));
                JsonNode merged =
                        api.get("/v1/backups/" + rotated.id()).path("disks").path(0);
                assertThat(merged.path("kind").asString("")).isEqualTo(kind);
                assertThat(merged.path("encryptionKey").asString("")).isEqualTo(keyOf(rotated));
            }
            assertThat(filesWith(PATTERN)).hasSize(1);
            verify(rotated, false);
            client.assertEveryBackupRestoresIdentically();
            client.assertClean(repository);
            assertThat(watch.hasLooked()).as("%s", watch).isTrue();
            assertThat(watch.seen()).isEmpty();
        }
        withoutTheOldKeys(plain);
        assertThat(api.get(client.path("/events?limit=1000")).toString())
                .doesNotContain(Files.readString(first), Files.readString(second));
        // The database of one that works makes and removes files all the time.
        coordinator.close();
        assertThat(filesHolding(Files.readString(first).getBytes(StandardCharsets.UTF_8), home, repository))
                .isEmpty();
    }

    /** What nobody can open is not damaged, and nothing new stands on it. */
    private void withoutTheOldKeys(Made plain) throws IOException {
        serve(third);
        Made locked = client.made().get(1);
        for (JsonNode failed : List.of(
                api.start("/v1/backups/" + locked.id() + "/verify", Map.of()),
                api.start(
                        client.path("/restores"),
                        Map.of(
                                "backup",
                                locked.id(),
                                "to",
                                directory.resolve("never").toString())))) {
            assertThat(api.failed(failed, "KEY_WRONG").toString()).contains("encrypted with key " + keyOf(locked));
        }
        assertThat(api.get("/v1/backups/" + locked.id()).path("damaged").asBoolean(true))
                .isFalse();
        verify(plain, false);
        Made next = backUp(Map.of());
        assertThat(next.kind("d0")).isEqualTo("FULL BASE_BACKUP_MISSING");
        assertThat(next.disk("d0").path("detail").asString("")).contains("encrypted with key", "does not have");
        client.assertClean(repository);
    }

    private void withoutACoordinator(Made made) {
        Map<String, List<Path>> refusals = Map.of(
                "KEY_MISSING", List.of(),
                "KEY_WRONG", List.of(second));
        refusals.forEach((code, keys) -> {
            Ended ended = restore(made, keys);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.results()).contains("\"" + code + "\"");
            assertThat(ended.notes()).contains("--encryption-key");
        });
        Ended whole = restore(made, List.of(first, second));
        assertThat(whole.exitCode()).as(whole.notes()).isZero();
        assertThat(Machine.bytes(directory.resolve("to" + restored).resolve("d0.raw")))
                .isEqualTo(made.truth().get("d0"));
    }

    private record Ended(int exitCode, String results, String notes) {}

    private Ended restore(Made made, List<Path> keys) {
        List<String> arguments = new ArrayList<>(List.of(
                "restore",
                "--repo-dir",
                repository.toString(),
                "--backup",
                made.id(),
                "--format",
                "raw",
                "-o",
                "json",
                "--to",
                directory.resolve("to" + ++restored).toString()));
        keys.forEach(key -> arguments.addAll(List.of("--encryption-key", key.toString())));
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        Map<String, String> environment =
                Map.of("TIDEMARK_HOME", directory.resolve("nothing").toString());
        int exitCode = new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(new Terminal(results, notes, environment, false), arguments.toArray(new String[0]));
        return new Ended(exitCode, results.toString(StandardCharsets.UTF_8), notes.toString(StandardCharsets.UTF_8));
    }

    private Made backUp(Map<String, ?> more) {
        Map<String, Object> body = new HashMap<>(Map.of("repo", "kept"));
        body.putAll(more);
        return client.backUp(body);
    }

    /** What is written while it runs is not in it. */
    private Made underWrites(Map<String, ?> body) {
        Map<String, byte[]> truth = machine.contents();
        Map<String, Object> slow = new HashMap<>(body);
        slow.put("bytesPerSecondMax", 1 << 20);
        JsonNode running = client.startBackup(slow);
        api.awaitState(running, "RUNNING");
        for (int write = 0; write < 20; write++) {
            machine.write("d0", 100_000L * write + 512 * 3, 3000);
        }
        return client.completed(running, truth);
    }

    private void verify(Made made, boolean deep) {
        api.done(api.start("/v1/backups/" + made.id() + "/verify", Map.of("deep", deep)));
        assertThat(api.get("/v1/backups/" + made.id()).path("damaged").asBoolean(true))
                .as(made.id())
                .isFalse();
    }

    private static String keyOf(Made made) {
        return made.disk("d0").path("encryptionKey").asString("");
    }

    /** The gateway goes, and another comes with these keys. */
    private void serve(Path... keys) {
        coordinator.close();
        coordinator = LocalCoordinator.startEncrypted(home, Map.of(KEPT, repository), Map.of(KEPT, List.of(keys)));
    }

    private Path key(String name, char letter) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, String.valueOf(letter).repeat(20) + "/key+of/a+test/key+of/a+test=");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private List<Path> filesWith(int pattern) throws IOException {
        byte[] needle = new byte[PATTERN_BYTES];
        Arrays.fill(needle, (byte) pattern);
        return filesHolding(needle, repository);
    }

    private static List<Path> filesHolding(byte[] needle, Path... roots) throws IOException {
        String wanted = new String(needle, StandardCharsets.ISO_8859_1);
        List<Path> holding = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    if (new String(Machine.bytes(file), StandardCharsets.ISO_8859_1).contains(wanted)) {
                        holding.add(file);
                    }
                }
            }
        }
        return holding;
    }
}
