package dev.tidemark.coordinator.view;

import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.id.OperationId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;

/** By which request an operation came to be: it stands beside the event that opened it. */
public final class OriginQueries {
    private final DataSource source;

    public OriginQueries(DataSource source) {
        this.source = source;
    }

    /**
     * Empty if the log knows no such operation.
     *
     * @throws StorageUnavailable if the database does not answer
     */
    public Optional<OriginView> of(OperationId operation) {
        try (Connection connection = source.getConnection()) {
            List<OriginView> found = Sql.list(
                    connection,
                    """
                    SELECT o.started_at, e.meta_data->>'request' AS request, e.meta_data->>'traceparent' AS traceparent
                      FROM tidemark.operation o
                      JOIN tidemark.domain_event_entry e
                        ON e.aggregate_identifier = o.vm AND e.sequence_number = o.version - 1
                     WHERE o.id = ?
                    """,
                    row -> new OriginView(
                            new Origin(
                                    operation,
                                    Optional.ofNullable(row.getString("request")),
                                    Optional.ofNullable(row.getString("traceparent"))),
                            Objects.requireNonNullElse(Sql.instant(row, "started_at"), Instant.EPOCH)),
                    operation);
            return found.stream().findFirst();
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
