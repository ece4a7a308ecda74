package dev.tidemark.coordinator.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The scheduler example of the documentation has a bad night, with 200 machines. */
@Timeout(600)
class NightlyWindowIT {
    private static final int MACHINES = 200;
    private static final int AT_ONCE = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Stage STAGE = stage();
    private static final Service SERVICE = STAGE.service();
    private static final Path EXAMPLE = Path.of("..", "docs", "scheduler", "NightlyWindow.java");
    private static PlayedHost host;
    private static Path token;

    private static Stage stage() {
        try {
            return Stage.open("tm-night", false);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeAll
    static void startWithMachines() throws IOException {
        STAGE.database().start();
        SERVICE.serveWith(List.of(
                "--no-gateway",
                "--jobs-per-host",
                "" + AT_ONCE,
                "--jobs-per-repository",
                "" + AT_ONCE,
                "--database-url",
                STAGE.database().address().url(),
                "--database-password-file",
                STAGE.database().address().ownerPasswordFile().orElseThrow().toString()));
        SERVICE.start();
        String admin = Files.readString(SERVICE.home().resolve("admin.token")).strip();
        host = new PlayedHost(SERVICE.address(), new HostName("played"), admin);
        // What the example may do, and no more.
        STAGE.programs().run("javac", javac());
        token = STAGE.directory().resolve("scheduler.token");
        Files.writeString(
                token,
                SERVICE.started(Map.of("name", "scheduler", "role", "OPERATOR"), "tokens")
                                .path("token")
                                .asString() + "\n");
        register(IntStream.range(0, MACHINES).mapToObj("vm%03d"::formatted).toList());
    }

    private static void register(List<String> names) {
        // The first that fails ends it: 200 of them would wait in vain one after the other.
        try (ExecutorService tasks = Executors.newFixedThreadPool(8)) {
            List<Future<?>> begun = names.stream()
                    .<Future<?>>map(name -> tasks.submit(() -> SERVICE.done(
                            Map.of("name", name, "qmp", "/run/" + name + ".qmp", "host", "played"), "vms")))
                    .toList();
            try {
                for (Future<?> one : begun) {
                    one.get();
                }
            } catch (ExecutionException | InterruptedException failure) {
                tasks.shutdownNow();
                throw new IllegalStateException("a machine was not taken in", failure);
            }
        }
    }

    @AfterAll
    static void stop() {
        host.close();
        STAGE.close();
    }

    @Test
    void each_of_200_machines_has_one_backup_or_a_reason_after_a_night_of_kills_and_lost_answers() throws Exception {
        // given
        host.gone = name -> name.value().matches("vm..3") && !name.value().endsWith("13");
        host.failingOnce = name -> name.value().endsWith("5");
        host.failing = name -> name.value().equals("vm017");
        try (BadNetwork network = new BadNetwork(SERVICE.address(), true)) {
            Path summary = STAGE.directory().resolve("night.json");
            String window = openWindow();
            // when
            Process first = STAGE.programs().start("night-1", fromSource(command(network, "vm*", window, summary)));
            awaitCompleted(40);
            STAGE.programs().kill(first);
            Process second = STAGE.programs().start("night-2", command(network, "vm*", window, summary));
            awaitCompleted(100);
            SERVICE.kill();
            SERVICE.start();
            assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            // then
            JsonNode told = Json.MAPPER.readTree(Files.readString(summary));
            assertThat(violations("vm", told)).isEmpty();
            assertThat(second.exitValue()).as(STAGE.programs().tail("night-2")).isEqualTo(1);
            List<JsonNode> without = told.path("vms")
                    .valueStream()
                    .filter(vm -> !vm.path("outcome").asString("").equals("COMPLETED"))
                    .toList();
            assertThat(without).hasSize(19);
            for (JsonNode vm : without) {
                boolean failed = vm.path("vm").asString("").equals("vm017");
                assertThat(vm.path("reason").asString(""))
                        .startsWith(failed ? "JOB_FAILED: as played" : "MACHINE_UNAVAILABLE: ");
            }
            assertThat(told.path("vms")
                            .path(0)
                            .path("full")
                            .path(0)
                            .path("cause")
                            .asString(""))
                    .isEqualTo("NO_BACKUP_IN_REPOSITORY");
            assertThat(host.atOnceMax()).isBetween(2, AT_ONCE);
            assertThat(network.lost.get()).isGreaterThan(10);
            assertThat(network.delayed.get()).isGreaterThan(10);
            assertThat(network.resumed.get()).isPositive();
            assertThat(network.tooEarly).isEmpty();
            assertThat(network.undocumented).isEmpty();
            // when
            int again = STAGE.programs().exitCode("night-3", command(network, "vm00*", openWindow(), summary));
            // then
            assertThat(again).isEqualTo(1);
            assertThat(violations("vm00", Json.MAPPER.readTree(Files.readString(summary))))
                    .as("asked once more, nothing is done once more")
                    .isEmpty();
        }
    }

    @Test
    void without_the_keys_the_same_check_finds_machines_that_were_backed_up_twice() throws Exception {
        // given
        register(IntStream.range(0, 16).mapToObj("twin%03d"::formatted).toList());
        try (BadNetwork network = new BadNetwork(SERVICE.address(), false)) {
            Path summary = STAGE.directory().resolve("twin.json");
            // when
            int code = STAGE.programs().exitCode("twin", command(network, "twin*", openWindow(), summary));
            // then
            assertThat(code).isZero();
            assertThat(violations("twin", Json.MAPPER.readTree(Files.readString(summary))))
                    .isNotEmpty()
                    .anyMatch(violation -> violation.matches("twin[0-9]+ has [2-9] backups"));
        }
    }

    @Test
    void what_still_runs_when_the_window_ends_is_aborted_if_that_was_asked_for() throws Exception {
        // given
        register(List.of("late1", "late2", "late3"));
        host.endless = name -> name.value().startsWith("late");
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        try (BadNetwork network = new BadNetwork(SERVICE.address(), true)) {
            Path summary = STAGE.directory().resolve("late.json");
            DateTimeFormatter seconds = DateTimeFormatter.ofPattern("HH:mm:ss");
            List<String> night = new ArrayList<>(command(
                    network,
                    "late*",
                    seconds.format(now.minusHours(1)) + "-" + seconds.format(now.plusSeconds(20)),
                    summary));
            night.addAll(List.of("--at-end", "abort"));
            night.set(night.indexOf("--at-once") + 1, "2");
            // when
            int code = STAGE.programs().exitCode("late", night);
            // then
            assertThat(code).as(STAGE.programs().tail("late")).isEqualTo(1);
            assertThat(Json.MAPPER
                            .readTree(Files.readString(summary))
                            .path("vms")
                            .valueStream()
                            .map(vm -> vm.path("outcome").asString("")))
                    .containsExactlyInAnyOrder("ABORTED", "ABORTED", "NOT_STARTED");
            assertThat(List.of("late1", "late2", "late3"))
                    .allMatch(name -> SERVICE.get("vms", name).path("pending").isNull());
        } finally {
            host.endless = name -> false;
        }
    }

    /** What is wrong with a night: a machine with no backup and no reason, with more than one, or with another one than was told. */
    private static List<String> violations(String prefix, JsonNode summary) {
        List<String> violations = new ArrayList<>();
        Map<String, JsonNode> told = new HashMap<>();
        summary.path("vms").forEach(vm -> told.put(vm.path("vm").asString(""), vm));
        Set<String> machines = new HashSet<>();
        for (JsonNode vm : SERVICE.get("vms").path("vms")) {
            String name = vm.path("name").asString("");
            if (!name.startsWith(prefix)) {
                continue;
            }
            machines.add(name);
            JsonNode outcome = told.getOrDefault(name, Json.MAPPER.missingNode());
            List<String> completed = SERVICE.get("vms", name, "backups")
                    .path("backups")
                    .valueStream()
                    .filter(backup -> backup.path("state").asString("").equals("COMPLETED"))
                    .map(backup -> backup.path("id").asString(""))
                    .toList();
            if (completed.size() > 1) {
                violations.add(name + " has " + completed.size() + " backups");
            }
            if (completed.isEmpty() && outcome.path("reason").asString("").isEmpty()) {
                violations.add(name + " has neither a backup nor a reason");
            }
            if (!completed.isEmpty()
                    && !completed.contains(outcome.path("backup").asString(""))) {
                violations.add(name + " has another backup than the summary says");
            }
        }
        if (!told.keySet().equals(machines)) {
            violations.add("the summary is about other machines: " + told.keySet());
        }
        return violations;
    }

    private static void awaitCompleted(int count) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> host.completed() >= count);
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static List<String> javac() {
        String sources = String.valueOf(EXAMPLE.getParent());
        return List.of(program("javac"), "-d", compiled().toString(), "-sourcepath", sources, EXAMPLE.toString());
    }

    /** Once for all nights but the first: a window of seconds is over on a busy machine while a source file is read. */
    private static Path compiled() {
        return STAGE.directory().resolve("example");
    }

    /** As users run it. */
    private static List<String> fromSource(List<String> command) {
        List<String> words = new ArrayList<>(command);
        int classPath = words.indexOf("-cp");
        words.subList(classPath, classPath + 3).clear();
        words.add(classPath, EXAMPLE.toString());
        return words;
    }

    private static String openWindow() {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        DateTimeFormatter minutes = DateTimeFormatter.ofPattern("HH:mm");
        return minutes.format(now.minusHours(1)) + "-" + minutes.format(now.plusHours(1));
    }

    private static List<String> command(BadNetwork network, String vms, String window, Path summary)
            throws IOException {
        return List.of(
                program("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                compiled().toString(),
                "NightlyWindow",
                "--url",
                network.newEnd(),
                "--token-file",
                token.toString(),
                "--window",
                window,
                "--zone",
                "UTC",
                "--vms",
                vms,
                "--at-once",
                "" + AT_ONCE,
                "--pause",
                "1",
                "--summary",
                summary.toString());
    }
}
