package dev.tidemark.coordinator.view;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Questions about all machines at once, each one statement. They take machines by an expression of their names, so that nobody hears of
 * more than he reaches.
 *
 * <p>All throw {@link StorageUnavailable} if the database does not answer.
 */
public final class FleetQueries {
    /** A file that lies in a repository: what went to a target is somebody else's to bring back. */
    private static final String IN_REPOSITORY =
            "d.file IS NOT NULL AND d.file NOT LIKE '/%' AND d.file NOT LIKE 'nbd%'";

    /**
     * Backups with a disk that cannot be restored, as in {@link Shapes#BACKUP}. To be asked with {@code IN}, which looks a backup up; with
     * {@code EXISTS} all of them are gone through for each machine.
     */
    static final String SPOILT = """
            WITH RECURSIVE spoilt (backup, disk) AS (
                SELECT d.backup, d.disk FROM tidemark.backup_disk d WHERE d.damage IS NOT NULL
                UNION
                SELECT d.backup, d.disk
                  FROM spoilt s JOIN tidemark.backup_disk d
                    ON d.parent = s.backup AND d.disk = s.disk AND d.file IS NOT NULL)
            """;

    /** Of machine {@code v}: a backup {@code b} from which all of it can be brought back. */
    static final String RESTORE_POINT = """
            b.vm = v.id AND b.state = 'COMPLETED' AND b.mode = 'PUSH'
            AND EXISTS (SELECT FROM tidemark.backup_disk d WHERE d.backup = b.id AND\s""" + IN_REPOSITORY + """
            )
            AND NOT EXISTS (SELECT FROM tidemark.vm_disk known
                             WHERE known.vm = v.id
                               AND NOT EXISTS (SELECT FROM tidemark.backup_disk d
                                                WHERE d.backup = b.id AND d.disk = known.name AND\s""" + IN_REPOSITORY + "))";

    private static final String POINT = """
            LEFT JOIN LATERAL (
                SELECT b.id, b.repository, coalesce(b.started_at, b.completed_at) AS taken_at, b.verified_at,
                       b.id IN (SELECT s.backup FROM spoilt s) AS damaged
                  FROM tidemark.backup b
                 WHERE %s
                 ORDER BY b.version DESC LIMIT 1) %s ON true
            """;

    private static final String RESTORE_POINTS = SPOILT + """
            SELECT v.id, v.name, v.registered_at,
                   n.id AS newest_id, n.repository AS newest_repository, n.taken_at AS newest_taken_at,
                   n.verified_at AS newest_verified_at, n.damaged AS newest_damaged,
                   w.id AS verified_id, w.repository AS verified_repository, w.taken_at AS verified_taken_at,
                   w.verified_at AS verified_verified_at, w.damaged AS verified_damaged,
                   t.id AS try_id, t.state AS try_state, t.code AS try_code, t.requested_at AS try_requested_at
              FROM tidemark.vm v
            """ + POINT.formatted(RESTORE_POINT, "n")
            + POINT.formatted(
                    RESTORE_POINT + " AND b.verified_at IS NOT NULL AND b.id NOT IN (SELECT s.backup FROM spoilt s)",
                    "w")
            + """
              LEFT JOIN LATERAL (
                SELECT b.id, b.state, b.code, b.requested_at FROM tidemark.backup b
                 WHERE b.vm = v.id ORDER BY b.version DESC LIMIT 1) t ON true
             WHERE v.removed_at IS NULL AND (?::text IS NULL OR tidemark.is_reached(v.id, v.name, ?))
            """;

    private static final String REPOSITORIES = SPOILT + """
            SELECT b.repository AS name, count(DISTINCT b.vm) AS machines, count(*) AS backups,
                   count(b.verified_at) AS verified,
                   count(*) FILTER (WHERE b.id IN (SELECT s.backup FROM spoilt s)) AS damaged,
                   coalesce(sum((SELECT sum(d.file_size) FROM tidemark.backup_disk d
                                  WHERE d.backup = b.id AND\s""" + IN_REPOSITORY + """
            )), 0)::bigint AS bytes,
                   max(b.completed_at) AS newest
              FROM tidemark.backup b JOIN tidemark.vm v ON v.id = b.vm
             WHERE b.state = 'COMPLETED' AND b.mode = 'PUSH' AND (?::text IS NULL OR tidemark.is_reached(v.id, v.name, ?))
             GROUP BY b.repository ORDER BY b.repository
            """;

    private static final String REPOSITORIES_BY_HOST = """
            SELECT v.host, b.repository
              FROM tidemark.vm v JOIN tidemark.backup b ON b.vm = v.id
             WHERE v.removed_at IS NULL AND b.state = 'COMPLETED' AND b.mode = 'PUSH' AND b.repository IS NOT NULL
               AND (?::text IS NULL OR tidemark.is_reached(v.id, v.name, ?))
             GROUP BY v.host, b.repository ORDER BY v.host, b.repository
            """;

    private final DataSource source;

    public FleetQueries(DataSource source) {
        this.source = source;
    }

    /** Every registered machine with its restore points, in no order. */
    public List<RestorePointView> restorePoints(Optional<String> machines) {
        return list(RESTORE_POINTS, FleetQueries::restorePoints, machines, machines);
    }

    /** One machine with its restore points, if it is registered. */
    public Optional<RestorePointView> restorePoints(String machine) {
        return list(RESTORE_POINTS + " AND v.id = ?", FleetQueries::restorePoints, null, null, machine).stream()
                .findFirst();
    }

    /** What is under way, oldest first. */
    public List<OperationView> underWay(Optional<String> machines) {
        return list(
                Shapes.OPERATION + " WHERE o.ended_at IS NULL AND (?::text IS NULL"
                        + " OR o.vm IN (SELECT known.id FROM tidemark.vm known WHERE tidemark.is_reached(known.id, known.name, ?)))"
                        + " ORDER BY o.started_at, o.id",
                Shapes::operation,
                machines,
                machines);
    }

    /** What lies in each repository, as far as the log knows. */
    public List<RepositoryUseView> repositories(Optional<String> machines) {
        return list(
                REPOSITORIES,
                row -> new RepositoryUseView(
                        row.getString("name"),
                        row.getLong("machines"),
                        row.getLong("backups"),
                        row.getLong("verified"),
                        row.getLong("damaged"),
                        row.getLong("bytes"),
                        Sql.instant(row, "newest")),
                machines,
                machines);
    }

    /** Where backups of each host's machines lie, by host. */
    public Map<String, List<String>> repositoriesByHost(Optional<String> machines) {
        return list(
                        REPOSITORIES_BY_HOST,
                        row -> Map.entry(row.getString("host"), row.getString("repository")),
                        machines,
                        machines)
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    private static RestorePointView restorePoints(ResultSet row) throws SQLException {
        @Nullable String tried = row.getString("try_id");
        return new RestorePointView(
                row.getString("id"),
                row.getString("name"),
                Objects.requireNonNull(Sql.instant(row, "registered_at")),
                point(row, "newest"),
                point(row, "verified"),
                tried == null
                        ? null
                        : new RestorePointView.Try(
                                tried,
                                row.getString("try_state"),
                                row.getString("try_code"),
                                Objects.requireNonNull(Sql.instant(row, "try_requested_at"))));
    }

    private static RestorePointView.@Nullable Point point(ResultSet row, String which) throws SQLException {
        @Nullable String backup = row.getString(which + "_id");
        return backup == null
                ? null
                : new RestorePointView.Point(
                        backup,
                        row.getString(which + "_repository"),
                        Objects.requireNonNull(Sql.instant(row, which + "_taken_at")),
                        Sql.instant(row, which + "_verified_at"),
                        row.getBoolean(which + "_damaged"));
    }

    private <T> List<T> list(String text, Sql.Reader<T> reader, @Nullable Object... values) {
        try (Connection connection = source.getConnection()) {
            return Sql.list(connection, text, reader, values);
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
