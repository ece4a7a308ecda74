package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lists that are read in pages. A page begins behind a position and is found by an index, however far back it lies; what comes into the
 * list or leaves it meanwhile moves nothing else.
 *
 * <p>All throw {@link StorageUnavailable} if the database does not answer.
 */
public final class ListQueries {
    /** Rows that are read at once of a list that is read as a whole. */
    private static final int PAGE_LENGTH = 1_000;

    private final DataSource source;

    public ListQueries(DataSource source) {
        this.source = source;
    }

    /**
     * The registered machines behind a name, by name.
     *
     * @param restriction only those that are reached so ({@code tidemark.is_reached})
     * @param label only those that have this one, key=value
     * @param after empty for the first ones
     * @param parts which of these are read; the others are as if there were none
     */
    public List<Row<MachineView>> machines(
            Optional<String> restriction, Optional<String> label, String after, int limit, Set<MachinePart> parts) {
        List<Object> values = new ArrayList<>(List.of(after));
        StringBuilder text = new StringBuilder(Shapes.machine(parts) + " WHERE v.removed_at IS NULL AND v.name > ?");
        restriction.ifPresent(known -> {
            text.append(" AND tidemark.is_reached(v.id, v.name, ?)");
            values.add(known);
        });
        label.ifPresent(known -> {
            text.append(" AND tidemark.has_label(v.id, ?)");
            values.add(known);
        });
        values.add(limit);
        return list(
                text.append(" ORDER BY v.name LIMIT ?").toString(),
                row -> new Row<>(row.getString("name"), Shapes.machine(row)),
                values.toArray());
    }

    /** All of them, read as they are taken. */
    public Stream<MachineView> machines(Optional<String> restriction, Optional<String> label, Set<MachinePart> parts) {
        return PagesAhead.rows(
                        machines(restriction, label, "", PAGE_LENGTH, parts),
                        PAGE_LENGTH,
                        last -> machines(restriction, label, last.position(), PAGE_LENGTH, parts))
                .map(Row::value);
    }

    /** A machine's checkpoints behind a version, oldest first; as {@link Queries#checkpoints}. */
    public List<Row<CheckpointView>> checkpoints(MachineId machine, boolean alsoGone, long after, int limit) {
        return list(
                Shapes.CHECKPOINT + " WHERE c.vm = ? AND c.version > ?" + (alsoGone ? "" : Queries.LIVE_CHECKPOINT)
                        + " ORDER BY c.version LIMIT ?",
                row -> new Row<>(row.getString("version"), Shapes.checkpoint(row)),
                machine,
                after,
                limit);
    }

    /** A machine's backups behind a version, oldest first; as {@link Queries#backups}. */
    public List<Row<BackupView>> backups(
            MachineId machine, Optional<RepositoryName> repository, boolean alsoDeleted, long after, int limit) {
        return list(
                Shapes.BACKUP + " WHERE b.vm = ? AND b.version > ? AND (?::text IS NULL OR b.repository = ?)"
                        + (alsoDeleted ? "" : " AND b.state <> 'DELETED'") + " ORDER BY b.version LIMIT ?",
                row -> new Row<>(row.getString("version"), Shapes.backup(row)),
                machine,
                after,
                repository,
                repository,
                limit);
    }

    /** What is served of a machine's backups behind a version, oldest first; as {@link Queries#exports}. */
    public List<Row<ExportView>> exports(MachineId machine, boolean alsoEnded, long after, int limit) {
        return list(
                Shapes.EXPORT + " WHERE x.vm = ? AND x.version > ?" + (alsoEnded ? "" : " AND x.ended_at IS NULL")
                        + " ORDER BY x.version LIMIT ?",
                row -> new Row<>(row.getString("version"), Shapes.export(row)),
                machine,
                after,
                limit);
    }

    /** A machine's newest operations before a version, newest first. */
    public List<Row<OperationView>> operations(MachineId machine, long before, int limit) {
        return list(
                Shapes.OPERATION + " WHERE o.vm = ? AND o.version < ? ORDER BY o.version DESC LIMIT ?",
                row -> new Row<>(row.getString("version"), Shapes.operation(row)),
                machine,
                before,
                limit);
    }

    private <T> List<T> list(String text, Sql.Reader<T> reader, @Nullable Object... values) {
        try (Connection connection = source.getConnection()) {
            return Sql.list(connection, text, reader, values);
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
