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
 * <p>Acts lie in three places ({@link ActPlace}). Each is read in the order of time, with its index, and they are merged here; a view over
 * all three would be sorted anew for each page.
 *
 * <p>All throw {@link StorageUnavailable} if the database does not answer.
 */
public final class AuditQuestions {
    /** Rows that are read at once by {@link #all}. */
    static final int PAGE_LENGTH = 1_000;

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
        NEWEST_FIRST;

        /** Behind what a list is ordered by. */
        String word() {
            return this == OLDEST_FIRST ? "" : " DESC";
        }

        /** What comes later in the list, as compared with what came. */
        String beyond() {
            return this == OLDEST_FIRST ? ">" : "<";
        }
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
        Optional<List<String>> machines = filter.vm().map(this::machines);
        if (machines.isPresent() && machines.get().isEmpty()) {
            return List.of();
        }
        List<AuditRow.Act> found = new ArrayList<>();
        for (ActPlace place : ActPlace.values()) {
            AuditConditions conditions =
                    place.conditions(question, filter, machines).behind(after, order);
            found.addAll(list(place.question(conditions, order), ACT, conditions.with(limit)));
        }
        found.sort(order == Order.OLDEST_FIRST ? IN_TIME : IN_TIME.reversed());
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    /** Whichever machines are, or were, called so, and the one that has this id. */
    private List<String> machines(String nameOrId) {
        return list(
                "SELECT id FROM tidemark.vm WHERE name = ? OR id = ?", row -> row.getString("id"), nameOrId, nameOrId);
    }

    /** The events of a machine, in the order of its log; of one backup, if the filter names it. */
    public List<AuditRow.Event> events(AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        AuditConditions conditions = new AuditConditions()
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
                .caller(filter)
                .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1);
        after.ifPresent(place ->
                conditions.add(order == Order.OLDEST_FIRST ? "place >= ?" : "place < ? - 1", versionOf(place)));
        return list(
                "SELECT * FROM tidemark.audit_history" + conditions.text() + " ORDER BY place" + order.word()
                        + " LIMIT ?",
                EVENT,
                conditions.with(limit));
    }

    /** Disks that were copied in full though an incremental was wanted. */
    public List<AuditRow.ForcedFull> forcedFulls(
            AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        AuditConditions conditions = new AuditConditions()
                // By its id, for which there is an index.
                .when(
                        filter.vm(),
                        "vm_id IN (SELECT known.id FROM tidemark.vm known WHERE known.name = ? OR known.id = ?)",
                        2)
                .when(filter.backup(), "backup = ?", 1)
                .when(filter.since(), "at >= ?", 1)
                .when(filter.until(), "at < ?", 1)
                .caller(filter)
                .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1)
                .behind(after, order);
        return list(
                "SELECT *, repository AS repo FROM tidemark.audit_forced_full" + conditions.text() + " ORDER BY at"
                        + order.word() + ", place COLLATE \"C\"" + order.word() + " LIMIT ?",
                FORCED_FULL,
                conditions.with(limit));
    }

    /** Machines without a verified restore point since a moment; in the order in which they were registered. */
    public List<AuditRow.Unverified> unverified(
            AuditFilter filter, Optional<AuditPlace> after, Order order, int limit) {
        AuditConditions conditions = new AuditConditions()
                .when(filter.vm(), "(vm = ? OR vm_id = ?)", 2)
                .when(filter.machines(), "tidemark.is_reached(vm_id, vm, ?)", 1);
        filter.verifiedSince().ifPresent(moment -> conditions.add("(verified_at IS NULL OR verified_at < ?)", moment));
        after.ifPresent(place -> conditions.add(
                "(registered_at, vm_id COLLATE \"C\") " + order.beyond() + " (?, ?)", place.at(), place.place()));
        return list(
                "SELECT *, repository AS repo FROM tidemark.audit_restore_point" + conditions.text()
                        + " ORDER BY registered_at" + order.word() + ", vm_id COLLATE \"C\"" + order.word()
                        + " LIMIT ?",
                UNVERIFIED,
                conditions.with(limit));
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
