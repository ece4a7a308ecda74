package dev.tidemark.coordinator.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Answers to auditors, in pages: each begins behind the last row of the one before, so that no transaction is open between them, and a
 * million rows need no more memory than one page.
 *
 * <p>Acts lie in three places: commands that were accepted are told by the log, tokens by their own entries, and the rest by a book of its
 * own. Each place is read in the order of time, with its index, and they are merged here; a view over all three would be sorted anew for
 * each page.
 *
 * <p>All throw {@link StorageUnavailable} if the database does not answer.
 */
public final class AuditQuestions {
    /** Rows that are read at once by {@link #all}. */
    static final int PAGE_LENGTH = 1_000;

    private static final List<String> ACTS =
            List.of("tidemark.audit_accepted_act", "tidemark.audit_recorded_act", "tidemark.audit_token_act");
    static final String DELETIONS =
            "(act IN ('DELETE_BACKUP', 'DELETE_CHECKPOINT', 'REMOVE', 'MERGE_BACKUP', 'REVOKE_TOKEN')"
                    + " OR route LIKE 'DELETE %' OR route = 'POST /v1/backups/{backup}/merge')";
    static final String RESTORES = "(act IN ('RESTORE', 'EXPORT', 'END_EXPORT') OR route IN"
            + " ('POST /v1/vms/{vm}/restores', 'POST /v1/backups/{backup}/exports', 'POST /v1/exports/{export}/end'))";

    private static final Sql.Reader<AuditRow.Act> ACT = RecordRows.of(AuditRow.Act.class);
    private static final Sql.Reader<AuditRow.Event> EVENT = RecordRows.of(AuditRow.Event.class);
    private static final Sql.Reader<AuditRow.ForcedFull> FORCED_FULL = RecordRows.of(AuditRow.ForcedFull.class);
    private static final Sql.Reader<AuditRow.Unverified> UNVERIFIED = RecordRows.of(AuditRow.Unverified.class);

    private static final Comparator<AuditRow.Act> IN_TIME =
            Comparator.comparing(AuditRow.Act::at).thenComparing(AuditRow.Act::place);

    private final DataSource source;

    public AuditQuestions(DataSource source) {
        this.source = source;
    }

    /** In which direction an answer is read. */
    public enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST
    }

    /** The next rows behind a place, or the first ones. */
    public List<? extends AuditRow> page(
            AuditQuestion question, AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        return switch (question) {
            case ACTS, DENIED, DELETIONS, RESTORES -> acts(question, filter, after, order, limit);
            case MACHINE, BACKUP -> events(filter, after, order, limit);
            case FORCED_FULLS -> forcedFulls(filter, after, order, limit);
            case UNVERIFIED -> unverified(filter, after, order, limit);
        };
    }

    /** All rows, oldest first, read as they are taken. */
    public Stream<? extends AuditRow> all(AuditQuestion question, AuditFilter filter, Optional<AuditPlace> after) {
        return PagesAhead.<AuditRow>rows(
                page(question, filter, after, Order.OLDEST_FIRST, PAGE_LENGTH),
                PAGE_LENGTH,
                last -> page(question, filter, Optional.of(last.position()), Order.OLDEST_FIRST, PAGE_LENGTH));
    }

    /** What was asked of the coordinator: everything, or what the question leaves of it. */
    public List<AuditRow.Act> acts(
            AuditQuestion question, AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        List<AuditRow.Act> found = new ArrayList<>();
        for (String place : ACTS) {
            Conditions conditions = new Conditions()
                    .when(filter.vm(), "(vm = ? OR vm_id = ?)", 2)
                    .when(filter.since(), "at >= ?", 1)
                    .when(filter.until(), "at < ?", 1)
                    .when(filter.caller().map(AuditQuestions::pattern), "caller LIKE ?", 1)
                    .when(filter.decision(), "decision = ?", 1)
                    .when(filter.outcome(), "outcome = ?", 1)
                    .when(
                            filter.what().map(AuditQuestions::pattern),
                            "(act ILIKE ? OR route ILIKE ? OR target ILIKE ?)",
                            3)
                    .when(filter.backup(), "target = ?", 1)
                    .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1);
            switch (question) {
                case DENIED -> conditions.always("decision <> 'ALLOWED'");
                case DELETIONS -> conditions.always(DELETIONS);
                case RESTORES -> conditions.always(RESTORES);
                case ACTS -> {
                    // All of them.
                }
                case MACHINE, BACKUP, FORCED_FULLS, UNVERIFIED ->
                    throw new IllegalArgumentException(question + " is not answered by acts");
            }
            conditions.behind(after, order);
            found.addAll(list(
                    "SELECT * FROM " + place + conditions.text() + " ORDER BY at" + direction(order)
                            + ", place COLLATE \"C\"" + direction(order) + " LIMIT ?",
                    ACT,
                    conditions.with(limit)));
        }
        found.sort(order == Order.OLDEST_FIRST ? IN_TIME : IN_TIME.reversed());
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    /** The events of a machine, in the order of its log; of one backup, if the filter names it. */
    public List<AuditRow.Event> events(AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        Conditions conditions = new Conditions()
                .when(
                        filter.vm(),
                        "vm_id = (SELECT known.id FROM tidemark.vm known WHERE known.id = ?"
                                + " OR (known.name = ? AND known.removed_at IS NULL) ORDER BY known.id = ? DESC LIMIT 1)",
                        3)
                // It has no event before the one by which it was asked for.
                .when(
                        filter.backup(),
                        "vm_id = (SELECT b.vm FROM tidemark.backup b WHERE b.id = ?)"
                                + " AND place >= (SELECT b.version - 1 FROM tidemark.backup b WHERE b.id = ?) AND backup = ?",
                        3)
                .when(filter.since(), "at >= ?", 1)
                .when(filter.until(), "at < ?", 1)
                .when(filter.caller().map(AuditQuestions::pattern), "caller LIKE ?", 1)
                .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1);
        after.ifPresent(place ->
                conditions.add(order == Order.OLDEST_FIRST ? "place >= ?" : "place < ? - 1", versionOf(place)));
        return list(
                "SELECT * FROM tidemark.audit_history" + conditions.text() + " ORDER BY place" + direction(order)
                        + " LIMIT ?",
                EVENT,
                conditions.with(limit));
    }

    /** Disks that were copied in full though an incremental was wanted. */
    public List<AuditRow.ForcedFull> forcedFulls(
            AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        Conditions conditions = new Conditions()
                // By its id, for which there is an index.
                .when(
                        filter.vm(),
                        "vm_id IN (SELECT known.id FROM tidemark.vm known WHERE known.name = ? OR known.id = ?)",
                        2)
                .when(filter.backup(), "backup = ?", 1)
                .when(filter.since(), "at >= ?", 1)
                .when(filter.until(), "at < ?", 1)
                .when(filter.caller().map(AuditQuestions::pattern), "caller LIKE ?", 1)
                .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1)
                .behind(after, order);
        return list(
                "SELECT *, repository AS repo FROM tidemark.audit_forced_full" + conditions.text() + " ORDER BY at"
                        + direction(order) + ", place COLLATE \"C\"" + direction(order) + " LIMIT ?",
                FORCED_FULL,
                conditions.with(limit));
    }

    /** Machines without a verified restore point since a moment; in the order in which they were registered. */
    public List<AuditRow.Unverified> unverified(
            AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        Conditions conditions = new Conditions()
                .when(filter.vm(), "(vm = ? OR vm_id = ?)", 2)
                .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1);
        filter.verifiedSince().ifPresent(moment -> conditions.add("(verified_at IS NULL OR verified_at < ?)", moment));
        after.ifPresent(place -> conditions.add(
                "(registered_at, vm_id COLLATE \"C\") " + beyond(order) + " (?, ?)", place.at(), place.place()));
        return list(
                "SELECT *, repository AS repo FROM tidemark.audit_restore_point" + conditions.text()
                        + " ORDER BY registered_at" + direction(order) + ", vm_id COLLATE \"C\"" + direction(order)
                        + " LIMIT ?",
                UNVERIFIED,
                conditions.with(limit));
    }

    /** What has to hold of a row, with the values for its question marks. */
    private static final class Conditions {
        private final List<String> parts = new ArrayList<>();
        private final List<Object> values = new ArrayList<>();

        Conditions always(String condition) {
            parts.add(condition);
            return this;
        }

        Conditions add(String condition, Object... these) {
            parts.add(condition);
            values.addAll(List.of(these));
            return this;
        }

        /** If there is a value; it stands for each of so many question marks. */
        Conditions when(Optional<?> value, String condition, int marks) {
            value.ifPresent(given -> {
                parts.add(condition);
                for (int mark = 0; mark < marks; mark++) {
                    values.add(given);
                }
            });
            return this;
        }

        /** The moment alone finds the place in an index; the pair then tells the rows that share it apart. */
        Conditions behind(Optional<AuditPlace> after, Order order) {
            after.ifPresent(place -> {
                add("at " + beyond(order) + "= ?", place.at());
                add("(at, place COLLATE \"C\") " + beyond(order) + " (?, ?)", place.at(), place.place());
            });
            return this;
        }

        String text() {
            return parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts);
        }

        @Nullable
        Object[] with(int limit) {
            List<Object> all = new ArrayList<>(values);
            all.add(limit);
            return all.toArray();
        }
    }

    /** A star is the only letter that stands for others. */
    private static String pattern(String text) {
        return text.replace("\\", "\\\\")
                .replace("%", "\\%")
                .replace("_", "\\_")
                .replace('*', '%');
    }

    private static String direction(Order order) {
        return order == Order.OLDEST_FIRST ? "" : " DESC";
    }

    private static String beyond(Order order) {
        return order == Order.OLDEST_FIRST ? ">" : "<";
    }

    private static long versionOf(AuditPlace place) {
        try {
            return Long.parseLong(place.place());
        } catch (NumberFormatException forged) {
            // A place of another question: nothing is behind it here.
            return Long.MAX_VALUE;
        }
    }

    private <T> List<T> list(String question, Sql.Reader<T> reader, @Nullable Object... values) {
        try (Connection connection = source.getConnection()) {
            return Sql.list(connection, question, reader, values);
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
