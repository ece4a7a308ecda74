package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** New rows of table {@code operation}: nearly every command begins one, so those of several machines are written at once. */
final class OpenedOperations {
    private final List<Row> rows = new ArrayList<>();
    private final Set<MachineId> machines = new HashSet<>();

    /** What is not in its opening event. */
    record Row(
            OperationId id,
            OperationKind kind,
            OperationState state,
            String target,
            OperationRows.Opening opening,
            @Nullable Instant endedAt) {}

    void add(Row row) {
        rows.add(row);
        machines.add(row.opening().machine());
    }

    /** Whether a row of this machine is not written yet. */
    boolean hasOf(MachineId machine) {
        return machines.contains(machine);
    }

    void write(Connection connection) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        Sql.change(
                connection,
                """
                INSERT INTO tidemark.operation
                       (id, vm, kind, state, target, caller, route, events, version, started_at, ended_at)
                SELECT n.id, n.vm, n.kind, n.state, n.target, n.caller, n.route, 1, n.version, n.started_at, n.ended_at
                  FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
                              ?::timestamptz[], ?::timestamptz[])
                       AS n(id, vm, kind, state, target, caller, route, version, started_at, ended_at)
                """,
                column(Row::id),
                column(row -> row.opening().machine()),
                column(Row::kind),
                column(Row::state),
                column(Row::target),
                column(row -> row.opening().circumstances().caller().orElse(null)),
                column(row -> row.opening().circumstances().origin().get("route")),
                column(row -> row.opening().version()),
                column(row -> row.opening().at()),
                column(Row::endedAt));
        rows.clear();
        machines.clear();
    }

    private List<@Nullable String> column(Function<Row, @Nullable Object> part) {
        List<@Nullable String> column = new ArrayList<>();
        for (Row row : rows) {
            Object value = part.apply(row);
            column.add(value == null ? null : value.toString());
        }
        return column;
    }
}
