package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.coordinator.view.AuditQuestions.Order;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked for among millions of acts is found by an index: the condition that we ask with is the one that the index is for. */
class AuditSearchIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private static final Database FILLED = TestDatabase.fresh();
    private static final int PAGE_LENGTH = 101;

    /** 20,000 operations of a hundred machines. */
    @BeforeAll
    static void fill() throws SQLException {
        PlainSql.run(FILLED.migration(), """
                INSERT INTO tidemark.vm (id, name, host, qmp, registered_at)
                SELECT 'id-' || n, 'vm-' || n, 'host1', '/run/x', now() FROM generate_series(0, 99) n;
                INSERT INTO tidemark.operation (id, vm, kind, state, target, caller, events, version, started_at, ended_at)
                SELECT 'operation-' || n, 'id-' || n % 100, 'BACKUP', 'DONE', 'backup-' || n, 'token:nightly', 1, n,
                       timestamptz '2026-01-01' + n * interval '1 second', now() FROM generate_series(1, 20000) n;
                ANALYZE tidemark.vm, tidemark.operation;
                """);
    }

    @AfterAll
    static void close() {
        FILLED.close();
        DATABASE.close();
    }

    /** With nothing in the tables yet the server would rather read them, so that is forbidden. */
    private static String plan(String query) throws SQLException {
        return explained(DATABASE, "SET LOCAL enable_seqscan = off", "EXPLAIN SELECT * FROM " + query);
    }

    /** How the server would answer what we really ask. */
    private static String plan(ActPlace place, AuditQuestion question, AuditFilter filter) throws SQLException {
        return explained(DATABASE, "SET LOCAL enable_seqscan = off", "EXPLAIN ", place, question, filter);
    }

    private static String explained(
            Database database, String before, String how, ActPlace place, AuditQuestion question, AuditFilter filter)
            throws SQLException {
        AuditConditions conditions =
                place.conditions(question, filter, filter.vm().map(List::of));
        return explained(
                database, before, how + place.question(conditions, Order.NEWEST_FIRST), conditions.with(PAGE_LENGTH));
    }

    private static String explained(Database database, String before, String statement, @Nullable Object... values)
            throws SQLException {
        try (Connection connection = database.application().getConnection()) {
            connection.setAutoCommit(false);
            Sql.change(connection, before);
            List<String> lines = Sql.list(connection, statement, row -> row.getString(1), values);
            connection.rollback();
            return String.join("\n", lines);
        }
    }

    /** Of these parts: who=…, what=…, vm=…, reached=… */
    private static AuditFilter filter(String... parts) {
        return new AuditFilter(
                part("vm", parts),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                part("who", parts),
                Optional.empty(),
                Optional.empty(),
                part("what", parts),
                Optional.empty(),
                part("reached", parts));
    }

    private static Optional<String> part(String name, String... parts) {
        return Arrays.stream(parts)
                .filter(part -> part.startsWith(name + "="))
                .map(part -> part.substring(name.length() + 1))
                .findFirst();
    }

    @Test
    void deletions_and_restores_are_found_by_their_indexes() throws SQLException {
        assertThat(plan(ActPlace.RECORDED, AuditQuestion.DELETIONS, filter())).contains("act_entry_deletions");
        assertThat(plan(ActPlace.ACCEPTED, AuditQuestion.DELETIONS, filter())).contains("operation_deletions");
        assertThat(plan(ActPlace.RECORDED, AuditQuestion.RESTORES, filter())).contains("act_entry_restores");
        assertThat(plan(ActPlace.ACCEPTED, AuditQuestion.RESTORES, filter())).contains("operation_restores");
        assertThat(plan(ActPlace.RECORDED, AuditQuestion.DENIED, filter())).contains("act_entry_not_allowed");
    }

    @Test
    void forced_fulls_and_verified_backups_are_found_by_their_indexes() throws SQLException {
        assertThat(plan("tidemark.audit_forced_full WHERE true ORDER BY at, place COLLATE \"C\" LIMIT 100"))
                .contains("backup_disk_forced");
        assertThat(plan("tidemark.backup_disk WHERE kind = 'FULL'"))
                .as("all fulls are not the forced ones")
                .doesNotContain("backup_disk_forced");
        assertThat(plan("tidemark.audit_restore_point WHERE verified_at IS NULL ORDER BY registered_at LIMIT 100"))
                .contains("backup_verified_by_time", "hashed SubPlan");
    }

    @Test
    void another_condition_is_not_answered_by_them() throws SQLException {
        assertThat(plan("tidemark.audit_recorded_act WHERE " + ActPlace.DELETIONS.replace("MERGE_BACKUP", "MERGE")
                        + " ORDER BY at, place COLLATE \"C\" LIMIT 100"))
                .doesNotContain("act_entry_deletions");
    }

    @ParameterizedTest
    @CsvSource({
        "ACCEPTED,who=nobody,operation_by_caller",
        "RECORDED,who=nobody,act_entry_by_caller",
        "ACCEPTED,vm=01K1ZB3S0CVFG8YVYKJ3XBZ9QH,operation_by_machine",
        "RECORDED,vm=01K1ZB3S0CVFG8YVYKJ3XBZ9QH,act_entry_by_machine"
    })
    void whose_acts_and_acts_on_which_machine_are_found_in_the_order_of_time(ActPlace place, String asked, String index)
            throws SQLException {
        assertThat(plan(place, AuditQuestion.ACTS, filter(asked)))
                .contains(index)
                .doesNotContain("Filter:");
    }

    /** A search that finds nothing may read everything: then no document is taken apart, and three texts are looked at in one. */
    @ParameterizedTest
    @EnumSource(names = {"ACCEPTED", "RECORDED"})
    void what_is_searched_for_stands_in_a_column(ActPlace place) throws SQLException {
        assertThat(plan(place, AuditQuestion.ACTS, filter("what=x", "who=*y"))
                        .lines()
                        .filter(line -> line.contains("Filter:")))
                .singleElement()
                .asString()
                .doesNotContain("->>", "lower(")
                .containsSubsequence("searched ~~", "~~* 'x'");
    }

    /** Whatever is left of them by the filter, and however wrong the server was about that. */
    @ParameterizedTest
    @CsvSource({"who=nobody,0", "what=nothing,0", "who=token*,101", "what=*backup*,101", "reached=^vm-.*7$,101"})
    void the_events_of_a_page_are_looked_up_and_no_others(String asked, int most) throws SQLException {
        // given what fill() makes, when
        String done = explained(
                FILLED,
                "SET LOCAL jit = off",
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ",
                ActPlace.ACCEPTED,
                AuditQuestion.ACTS,
                filter(asked));
        // then
        int events = done.lines()
                .filter(line -> line.contains("on domain_event_entry"))
                .map(line -> Pattern.compile("loops=(\\d+)").matcher(line))
                .mapToInt(loops -> loops.find() ? Integer.parseInt(loops.group(1)) : 0)
                .sum();
        assertThat(events).as(done).isLessThanOrEqualTo(most);
    }
}
