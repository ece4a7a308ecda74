package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever audits: the log, the heads and the key are compared here, and what is wrong is named. */
@SuppressWarnings("NullAway.Init")
class AuditTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
    private static final String EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path home;

    private final List<LogRecord> log = new ArrayList<>();
    private PlayedCoordinator coordinator;
    private CommandLineRun commands;

    @BeforeEach
    void threeSignedRecords() throws IOException {
        for (int number = 0; number < 3; number++) {
            log.add(record(number, "{\"name\": \"nightly\"}"));
        }
        Files.createDirectory(home.resolve("evidence"));
        sign();
        coordinator = new PlayedCoordinator();
        commands = CommandLineRun.against(coordinator, home);
    }

    private void sign() {
        HeadWriter.start(
                        after -> log.stream()
                                .filter(row -> row.globalIndex() > after)
                                .map(row -> new HeadWriter.Place(row.globalIndex(), row.hash())),
                        new EvidenceDirectory(home.resolve("evidence")),
                        CLOCK,
                        Duration.ofHours(1))
                .close();
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private LogRecord record(int number, String payload) {
        LogRecord unhashed = new LogRecord(
                number + 1L,
                "77",
                "e" + number,
                "m",
                number,
                "Machine",
                "2026-11-22T11:00:00.000Z",
                "checkpoint-requested.v1",
                Optional.empty(),
                payload,
                "{}",
                EMPTY_HASH);
        String hash = unhashed.hashAfter(
                number == 0 ? LogRecord.NOTHING_BEFORE : log.get(number - 1).hash());
        return new LogRecord(
                unhashed.globalIndex(),
                unhashed.transactionId(),
                unhashed.eventIdentifier(),
                "m",
                number,
                "Machine",
                unhashed.timeStamp(),
                unhashed.payloadType(),
                Optional.empty(),
                payload,
                "{}",
                hash);
    }

    private void answer(List<LogRecord> rows) {
        coordinator
                .answers("GET /v1/audit/export", lines(rows))
                .answers("GET /v1/audit/export", lines(List.of()))
                .answers("GET /v1/audit/export", lines(List.of()));
    }

    private static String lines(List<LogRecord> rows) {
        return rows.stream()
                        .map(row -> Json.MAPPER.writeValueAsString(row) + "\n")
                        .collect(Collectors.joining()) + "{\"end\":" + rows.size() + "}\n";
    }

    @Test
    void a_log_that_is_what_was_written() {
        answer(log);
        Ended ended = commands.run("audit", "verify");
        assertThat(ended.notes()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results())
                .contains("the log is what was written: 3 records of 1 machine, 1 signed head")
                .contains("signed up to record 3 of 3, at 2026-11-22 12:00:00Z")
                .contains("the acts are what was written: 0 records");
    }

    @Test
    void a_record_that_was_changed_ends_with_nine_and_is_named() {
        LogRecord changed = record(1, "{\"name\": \"weekly\"}");
        answer(List.of(
                log.get(0),
                Json.MAPPER.readValue(
                        Json.MAPPER.writeValueAsString(log.get(1)).replace("nightly", "weekly"), LogRecord.class),
                log.get(2)));
        assertThat(changed.hash()).isNotEqualTo(log.get(1).hash());
        Ended ended = commands.run("audit", "verify");
        assertThat(ended.exitCode()).isEqualTo(9);
        assertThat(ended.results()).contains("THE LOG IS NOT WHAT WAS WRITTEN", "ALTERED", "m, number 1");
    }

    @Test
    void a_log_that_lost_its_end_ends_with_nine() {
        answer(log.subList(0, 2));
        Ended ended = commands.run("audit", "verify", "-o", "json");
        assertThat(ended.exitCode()).isEqualTo(9);
        assertThat(ended.results()).contains("\"TRUNCATED\"");
    }

    @Test
    void an_export_is_checked_without_any_coordinator() {
        answer(log);
        Path export = home.resolve("log.ndjson");
        assertThat(commands.run("audit", "export", "--to", export.toString()).results())
                .contains("3 records in ");
        coordinator.close();
        // and what is signed later is not held against it
        log.add(record(3, "{}"));
        sign();
        Ended sound = commands.run("audit", "verify", "--export", export.toString());
        assertThat(sound.notes()).isEmpty();
        assertThat(sound.exitCode()).isZero();

        assertThat(commands.run("audit", "export", "--to", export.toString()).exitCode())
                .as("what is there is not written over")
                .isEqualTo(2);
        assertThat(export).exists();
    }

    @Test
    void a_copy_of_the_system_log_proves_the_log_where_its_own_heads_are_not_believed() throws IOException {
        Path heads = home.resolve("evidence").resolve("heads.ndjson");
        Path copy = home.resolve("auth.log");
        Files.writeString(copy, "Nov 22 12:00:00 hv1 tidemark-heads[7]: " + Files.readString(heads));
        Files.delete(heads);
        answer(log);
        Ended sound = commands.run("audit", "verify", "--syslog", copy.toString());
        assertThat(sound.notes()).isEmpty();
        assertThat(sound.exitCode()).isZero();

        Files.writeString(copy, "Nov 22 12:00:00 hv1 sshd[7]: nothing of ours");
        assertThat(commands.run("audit", "verify", "--syslog", copy.toString()).notes())
                .contains("there is no head of the log in ");
        assertThat(commands.run("audit", "verify", "--syslog", "a", "--heads", "b")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void a_log_that_lost_its_end_with_its_heads_is_found_by_a_copy_of_the_system_log() throws IOException {
        Path heads = home.resolve("evidence").resolve("heads.ndjson");
        Path copy = Files.writeString(home.resolve("auth.log"), "tidemark-heads[7]: " + Files.readString(heads));
        Files.delete(heads);
        answer(log.subList(0, 2));
        assertThat(commands.run("audit", "verify", "--syslog", copy.toString()).exitCode())
                .isEqualTo(9);
    }

    @Test
    void an_export_that_was_changed_ends_with_nine() throws IOException {
        answer(log);
        Path export = home.resolve("log.ndjson");
        commands.run("audit", "export", "--to", export.toString());
        Files.writeString(export, Files.readString(export).replaceFirst("nightly", "weekly"));
        assertThat(commands.run("audit", "verify", "--export", export.toString())
                        .exitCode())
                .isEqualTo(9);
    }

    @Test
    void a_book_that_was_taken_out_of_an_export_with_its_heads_is_missed() throws IOException {
        answer(log);
        Path export = home.resolve("log.ndjson");
        commands.run("audit", "export", "--to", export.toString());
        for (String book : List.of("tokens", "acts")) {
            Files.delete(home.resolve("log.ndjson." + book));
            Files.deleteIfExists(home.resolve("log.ndjson." + book + ".heads"));
            Ended ended = commands.run("audit", "verify", "--export", export.toString());
            assertThat(ended.exitCode()).as(book).isEqualTo(1);
            assertThat(ended.results()).isEmpty();
            assertThat(ended.notes())
                    .contains("log.ndjson." + book + " is not there", "--log-only")
                    .doesNotContain("Exception");
        }
        // what older versions wrote
        assertThat(commands.run("audit", "verify", "--log-only", "--export", export.toString())
                        .exitCode())
                .isZero();
        // and what is wrong in one book is told, also if another one is missing
        Files.writeString(export, Files.readString(export).replaceFirst("nightly", "weekly"));
        assertThat(commands.run("audit", "verify", "--export", export.toString())
                        .exitCode())
                .isEqualTo(9);

        Ended nowhere = commands.run("audit", "verify", "--export", "no/such/file");
        assertThat(nowhere.exitCode()).isEqualTo(1);
        assertThat(nowhere.notes()).contains("no/such/file is not there").doesNotContain("Exception");
    }

    @Test
    void a_line_that_is_no_record_is_named() throws IOException {
        Path export = home.resolve("log.ndjson");
        Files.writeString(export, "{\"globalIndex\":1}\n");
        Ended ended = commands.run("audit", "verify", "--export", export.toString());
        assertThat(ended.exitCode()).isEqualTo(9);
        assertThat(ended.results()).contains("ALTERED", "log.ndjson, line 1 does not hold a record");
    }

    @Test
    void without_heads_nothing_is_said_to_be_sound() throws IOException {
        answer(log);
        Files.delete(home.resolve("evidence").resolve("heads.ndjson"));
        Ended ended = commands.run("audit", "verify");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.results()).isEmpty();
        assertThat(ended.notes()).contains("there is no head: ");
    }

    @Test
    void an_answer_that_was_cut_off_is_no_log() {
        String whole = lines(log);
        coordinator.answers("GET /v1/audit/export", whole.substring(0, whole.indexOf("{\"end\"")));
        Ended ended = commands.run("audit", "verify");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.notes()).contains("cut off after 3 lines");
    }

    @Test
    void acts_of_long_ago_that_nobody_signed_are_not_believed() {
        coordinator.answers("GET /v1/audit/export", lines(log));
        Ended unsigned = commands.run("audit", "verify");
        assertThat(unsigned.exitCode()).isEqualTo(1);
        assertThat(unsigned.notes()).contains("heads-acts.ndjson is not there");
    }

    @Test
    void heads_from_before_acts_were_signed_vouch_for_the_log_alone_and_only_if_that_is_asked_for() {
        coordinator.answers("GET /v1/audit/export", lines(log));
        assertThat(commands.run("audit", "verify").notes()).contains("ask for that with --log-only");
        Ended alone = commands.run("audit", "verify", "--log-only");
        assertThat(alone.exitCode()).isZero();
        assertThat(alone.results())
                .contains("the log is what was written: 3 records")
                .doesNotContain("acts");

        coordinator.answers("GET /v1/audit/export", lines(log.subList(0, 2)));
        commands.run("audit", "verify", "--log-only");
        assertThat(commands.run("audit", "verify", "--log-only").exitCode()).isEqualTo(9);
    }

    @Test
    void what_was_found_in_one_book_is_told_also_if_another_has_no_heads() {
        coordinator
                .answers("GET /v1/audit/export", lines(log.subList(0, 2)))
                .answers("GET /v1/audit/export", lines(log));
        Ended ended = commands.run("audit", "verify");
        assertThat(ended.exitCode()).isEqualTo(9);
        assertThat(ended.results()).contains("THE LOG IS NOT WHAT WAS WRITTEN", "TRUNCATED");
        assertThat(ended.notes()).contains("is not there");
    }

    @Test
    void a_record_of_two_megabytes_is_read() {
        log.clear();
        log.add(record(0, "{\"name\": \"" + "x".repeat(2 * 1024 * 1024) + "\"}"));
        answer(log);
        Ended ended = commands.run("audit", "verify");
        assertThat(ended.exitCode()).as(ended.results() + ended.notes()).isEqualTo(9);
        assertThat(ended.results()).contains("1 finding in 1 record\n");
    }
}
