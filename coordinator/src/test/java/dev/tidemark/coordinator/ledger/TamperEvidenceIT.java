package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.EvidenceDirectory;
import dev.tidemark.coordinator.evidence.HeadFile;
import dev.tidemark.coordinator.evidence.HeadSource;
import dev.tidemark.coordinator.evidence.HeadWriter;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.evidence.LogVerifier;
import dev.tidemark.coordinator.evidence.LogVerifier.Kind;
import dev.tidemark.coordinator.evidence.LogVerifier.Verdict;
import dev.tidemark.coordinator.evidence.VerificationKey;
import dev.tidemark.coordinator.ledger.Counter.Count;
import dev.tidemark.coordinator.ledger.Counter.Counted;
import dev.tidemark.coordinator.ledger.Counter.Known;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real log, changed by whoever owns the database: the trigger's digests and ours are two readings of one rule. */
@SuppressWarnings("NullAway.Init")
@Timeout(300)
class TamperEvidenceIT {
    private static final String LOG = "tidemark.domain_event_entry";
    private static final String COLUMNS = " (event_identifier, aggregate_identifier, sequence_number, type, time_stamp,"
            + " payload_type, payload_revision, payload, meta_data, record_hash) ";

    private final Database database = TestDatabase.fresh();

    @TempDir
    private Path directory;

    @BeforeEach
    void aLogOfThreeMachines() throws Exception {
        try (Ledger<Counter, Count, Counted, Known> ledger =
                        Ledger.open(database.application(), Counter.settings(1_000));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Object>> machines = Stream.of("a", "b", "c")
                    .<Callable<Object>>map(machine -> () -> {
                        for (int count = 0; count < 10; count++) {
                            ledger.execute(new Count(machine, "größer 💾 \"" + count), Map.of("caller", "admin"));
                        }
                        return machine;
                    })
                    .toList();
            for (Future<Object> written : threads.invokeAll(machines)) {
                written.get();
            }
        }
        sign();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void sign() {
        HeadWriter.start(
                        new RecordReader(database.application())::places,
                        new EvidenceDirectory(directory),
                        Clock.systemUTC(),
                        Duration.ofHours(1))
                .close();
    }

    private HeadSource heads() throws IOException, BadEvidence {
        EvidenceDirectory evidence = new EvidenceDirectory(directory);
        return new HeadFile(evidence.heads()).read(VerificationKey.read(evidence.publicKey()));
    }

    /** In small pages, so that there is more than one. */
    private Verdict verdict() throws IOException, BadEvidence {
        try (HeadSource heads = heads()) {
            return verdict(heads);
        }
    }

    private Verdict verdict(HeadSource heads) throws IOException, BadEvidence {
        LogVerifier verifier = new LogVerifier(heads);
        RecordReader reader = new RecordReader(database.application());
        List<LogRecord> page = reader.page(0, 7);
        while (!page.isEmpty()) {
            for (LogRecord row : page) {
                verifier.accept(row);
            }
            page = reader.page(page.getLast().globalIndex(), 7);
        }
        return verifier.verdict();
    }

    /** As somebody who owns the database, and takes the triggers off. */
    private void tamper(String command) throws SQLException {
        PlainSql.run(
                database.migration(),
                "ALTER TABLE " + LOG + " DISABLE TRIGGER ALL; " + command + "; ALTER TABLE " + LOG
                        + " ENABLE ALWAYS TRIGGER history_is_not_rewritten, ENABLE ALWAYS TRIGGER record_is_chained");
    }

    @Test
    void an_untouched_log_is_what_was_written() throws IOException, BadEvidence {
        Verdict verdict = verdict();
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.records()).isEqualTo(30);
        assertThat(verdict.sealedRecords()).isEqualTo(30);
        assertThat(verdict.machines()).isEqualTo(3);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "payload|UPDATE LOG SET payload = '{\"label\":\"x\",\"totalAfter\":5}' WHERE PLACE|ALTERED",
                "a space in it|UPDATE LOG SET payload = (replace(payload::text, ':', ': '))::json WHERE PLACE|ALTERED",
                "circumstances|UPDATE LOG SET meta_data = '{\"caller\":\"mallory\"}' WHERE PLACE|ALTERED",
                "time|UPDATE LOG SET time_stamp = '2020-01-01T00:00:00.000Z' WHERE PLACE|ALTERED",
                "kind|UPDATE LOG SET payload_type = 'other.v1' WHERE PLACE|ALTERED",
                "revision|UPDATE LOG SET payload_revision = '1' WHERE PLACE|ALTERED",
                "identity|UPDATE LOG SET event_identifier = 'x' WHERE PLACE|ALTERED",
                "transaction|UPDATE LOG SET transaction_id = '7' WHERE PLACE|ALTERED",
                "deleted|DELETE FROM LOG WHERE PLACE|MISSING",
                "its end|DELETE FROM LOG WHERE global_index > 20|TRUNCATED",
                "everything|DELETE FROM LOG|TRUNCATED"
            })
    void what_was_changed_is_found(String what, String command, Kind kind)
            throws SQLException, IOException, BadEvidence {
        String place = "aggregate_identifier = 'b' AND sequence_number = 4";
        long global = PlainSql.number(database.application(), "SELECT global_index FROM " + LOG + " WHERE " + place);
        tamper(command.replace("LOG", LOG).replace("PLACE", place));
        Verdict verdict = verdict();
        assertThat(verdict.wrong()).as(what).isPositive();
        assertThat(verdict.findings().getFirst().kind()).isEqualTo(kind);
        if (kind != Kind.TRUNCATED) {
            assertThat(global)
                    .isBetween(
                            verdict.findings().getFirst().from(),
                            verdict.findings().getFirst().upTo());
        }
    }

    @Test
    void a_log_rewritten_with_all_its_digests_is_found_by_the_signed_heads_alone()
            throws SQLException, IOException, BadEvidence {
        // given a forger who lets the database itself work out every digest anew, behind a change at the very beginning
        tamper("CREATE TEMPORARY TABLE forged AS SELECT * FROM " + LOG + " ORDER BY global_index;"
                + " UPDATE forged SET payload = '{\"label\":\"forged\",\"totalAfter\":1}'"
                + " WHERE aggregate_identifier = 'a' AND sequence_number = 0;"
                + " DELETE FROM " + LOG + "; ALTER TABLE " + LOG + " ENABLE ALWAYS TRIGGER record_is_chained;"
                + " INSERT INTO " + LOG + " SELECT * FROM forged ORDER BY global_index");

        // when it is read without heads
        Verdict alone = verdict(HeadSource.of(List.of()));

        // then nothing is wrong with it, and with them it is not the log that was signed
        assertThat(alone.findings()).isEmpty();
        assertThat(verdict().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.REWRITTEN);
            assertThat(finding.from()).isEqualTo(1);
        });
    }

    @Test
    void a_coordinator_on_a_log_that_was_rewritten_signs_nothing_more() throws SQLException, IOException {
        List<String> before = Files.readAllLines(new EvidenceDirectory(directory).heads());
        tamper("DELETE FROM " + LOG + " WHERE global_index > 20");
        try (Ledger<Counter, Count, Counted, Known> ledger =
                Ledger.open(database.application(), Counter.settings(1_000))) {
            ledger.execute(new Count("d", "new"), Map.of());
        }
        sign();
        assertThat(Files.readAllLines(new EvidenceDirectory(directory).heads())).isEqualTo(before);
    }

    @Test
    void the_application_cannot_say_itself_what_the_digest_of_its_record_is()
            throws SQLException, IOException, BadEvidence {
        PlainSql.run(
                database.application(),
                "INSERT INTO " + LOG + COLUMNS + "VALUES ('e', 'm', 0, 'machine', 't', 'x.v1', 'r', '{}', '{}',"
                        + " sha256('forged'))");
        sign();
        assertThat(verdict().findings()).isEmpty();
        assertThat(verdict().records()).isEqualTo(31);
    }

    @Test
    void nobody_appends_a_record_that_follows_on_none() {
        assertThatThrownBy(() -> PlainSql.run(
                        database.application(),
                        "INSERT INTO " + LOG + COLUMNS
                                + "VALUES ('e', 'm', 3, 'machine', 't', 'x.v1', NULL, '{}', '{}'," + " NULL)"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("record 3 of m does not follow on any record");
    }

    @Test
    void many_records_in_one_command_are_chained_one_upon_the_other() throws SQLException, IOException, BadEvidence {
        PlainSql.run(
                database.application(),
                "INSERT INTO " + LOG + COLUMNS
                        + "SELECT 'e' || n, 'm', n, 'machine', 't', 'x.v1', NULL, '{}', '{}', NULL"
                        + " FROM generate_series(0, 2999) AS n");
        sign();
        assertThat(verdict().findings()).isEmpty();
        assertThat(verdict().records()).isEqualTo(3_030);
    }

    @Test
    void records_that_are_long_come_in_smaller_pages() throws SQLException {
        PlainSql.run(
                database.application(),
                "INSERT INTO " + LOG + COLUMNS + "SELECT 'e' || n, 'm', n, 'machine', 't', 'x.v1', NULL,"
                        + " json_build_object('text', repeat('x', 900000)), '{}', NULL FROM generate_series(0, 9) AS n");
        RecordReader reader = new RecordReader(database.application());
        long before = reader.page(0, 30).getLast().globalIndex();
        assertThat(reader.page(before, 1_000)).hasSize(5);
        assertThat(reader.page(before, 2)).hasSize(2);
    }

    @Test
    void somebody_who_appends_without_an_end_is_not_taken_for_the_end_of_the_log() throws SQLException {
        RecordReader reader = new RecordReader(database.application(), Duration.ofMillis(200));
        long end = reader.page(0, 1_000).getLast().globalIndex();
        String insert = "INSERT INTO " + LOG + COLUMNS
                + "VALUES ('NAME', 'NAME', 0, 'machine', 't', 'x.v1', NULL, '{}', '{}', NULL)";
        try (Connection slow = database.migration().getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.execute(insert.replace("NAME", "slow"));
            assertThat(reader.page(end, 1_000))
                    .as("nobody can see anything behind it")
                    .isEmpty();
            PlainSql.run(database.application(), insert.replace("NAME", "fast"));
            assertThatThrownBy(() -> reader.page(end, 1_000))
                    .isInstanceOf(LedgerException.Unavailable.class)
                    .hasMessageContaining("without an end");
            slow.commit();
            assertThat(reader.page(end, 1_000)).hasSize(2);
        }
    }

    @Test
    void a_log_from_before_is_chained_by_the_migration() throws SQLException, IOException, BadEvidence {
        String migration;
        try (InputStream file =
                Objects.requireNonNull(Ledger.class.getResourceAsStream("/db/migration/V2_21__tamper_evidence.sql"))) {
            migration = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
        // given a log as the version before left it
        PlainSql.run(
                database.migration(),
                "DROP FUNCTION tidemark.chain_record() CASCADE; ALTER TABLE " + LOG + " DROP COLUMN record_hash");
        PlainSql.run(
                database.migration(),
                "INSERT INTO " + LOG + " (event_identifier, aggregate_identifier, sequence_number, type, time_stamp,"
                        + " payload_type, payload, meta_data) VALUES ('e', 'a', 10, 'machine', 't', 'x.v1',"
                        + " '{\"label\": \"ü\"}', '{}')");

        // when it is brought up to date
        PlainSql.run(database.migration(), migration);

        // then it is chained as if it had always been, and what is appended follows on it; and it is closed again
        PlainSql.run(
                database.application(),
                "INSERT INTO " + LOG + COLUMNS
                        + "VALUES ('f', 'a', 11, 'machine', 't', 'x.v1', NULL, '{}', '{}', NULL)");
        sign();
        assertThat(verdict().findings()).isEmpty();
        assertThat(verdict().records()).isEqualTo(32);
        assertThat(dev.tidemark.coordinator.ledger.postgres.HistoryProtection.findings(database.migration()))
                .isEmpty();
    }
}
