package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.MachineConfiguration;
import dev.tidemark.schema.json.Json;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * From rows to the JSON shapes of the public interface. A row brings its disks along as JSON, whose members are those of
 * the record into which they are read.
 */
final class Shapes {
    static final String MACHINE = machine(MachinePart.all());

    /** With these parts, and without the others. */
    static String machine(Set<MachinePart> parts) {
        return Stream.of(MachinePart.values())
                .map(part -> (parts.contains(part) ? part.question() : "NULL") + " AS " + part.column())
                .collect(Collectors.joining(", ", "SELECT v.*, ", " FROM tidemark.vm v"));
    }

    static final String CHECKPOINT = """
            SELECT c.*,
                   (SELECT v.name FROM tidemark.vm v WHERE v.id = c.vm) AS vm_name,
                   (SELECT json_agg(json_build_object(
                               'disk', d.disk, 'bitmap', d.bitmap, 'state', d.state, 'cause', d.cause,
                               'detail', d.detail, 'dirtyBytes', NULL) ORDER BY d.position)
                      FROM tidemark.checkpoint_disk d WHERE d.checkpoint = c.id) AS disks
              FROM tidemark.checkpoint c
            """;

    /**
     * Damage is marked where the damaged file is; from there it is followed upwards to every disk of a backup that is restored from it.
     * As there are few marks, this is cheap however many backups there are.
     */
    static final String BACKUP = """
            WITH RECURSIVE spoilt (backup, disk, damaged) AS (
                SELECT d.backup, d.disk, d.backup FROM tidemark.backup_disk d WHERE d.damage IS NOT NULL
                UNION
                SELECT d.backup, d.disk, s.damaged
                  FROM spoilt s JOIN tidemark.backup_disk d
                    ON d.parent = s.backup AND d.disk = s.disk AND d.file IS NOT NULL)
            SELECT b.*, EXISTS (SELECT FROM spoilt s WHERE s.backup = b.id) AS damaged,
                   (SELECT v.name FROM tidemark.vm v WHERE v.id = b.vm) AS vm_name,
                   (SELECT json_agg(x.id ORDER BY x.version) FROM tidemark.export x
                     WHERE x.backup = b.id AND x.ended_at IS NULL) AS exports,
                   (SELECT json_agg(json_build_object(
                               'disk', d.disk, 'kind', d.kind, 'since', d.since, 'parent', d.parent,
                               'cause', d.cause, 'detail', d.detail, 'bytes', d.bytes, 'file', d.file,
                               'fileSize', d.file_size, 'sha256', d.sha256, 'virtualSize', d.virtual_size,
                               'encryption', d.encryption, 'encryptionKey', d.encryption_key,
                               'uri', d.uri, 'dirtyContext', d.dirty_context, 'damage', d.damage,
                               'damagedBy', (SELECT coalesce(json_agg(s.damaged ORDER BY s.damaged), '[]')
                                               FROM spoilt s
                                              WHERE s.backup = d.backup AND s.disk = d.disk
                                                AND s.damaged <> d.backup)) ORDER BY d.position, d.disk)
                      FROM tidemark.backup_disk d WHERE d.backup = b.id) AS disks
              FROM tidemark.backup b
            """;

    static final String EXPORT = """
            SELECT x.*,
                   (SELECT v.name FROM tidemark.vm v WHERE v.id = x.vm) AS vm_name,
                   (SELECT json_agg(json_build_object('disk', d.disk, 'uri', d.uri, 'virtualSize', d.virtual_size)
                                    ORDER BY d.position)
                      FROM tidemark.export_disk d WHERE d.export = x.id) AS disks
              FROM tidemark.export x
            """;

    static final String OPERATION =
            "SELECT o.*, (SELECT v.name FROM tidemark.vm v WHERE v.id = o.vm) AS vm_name FROM tidemark.operation o";

    /** From the log itself: the view of it would tell another text of the same payload. */
    static final String LOGGED_EVENT = """
            SELECT e.global_index, e.event_identifier, e.aggregate_identifier, e.sequence_number + 1 AS version,
                   e.payload_type, coalesce(e.payload->>'at', e.time_stamp) AS at, e.payload->>'operation' AS operation,
                   e.meta_data->>'caller' AS caller, e.payload::text AS payload,
                   (SELECT v.name FROM tidemark.vm v WHERE v.id = e.aggregate_identifier) AS vm_name
              FROM tidemark.domain_event_entry e
            """;

    private static final String NOT_SEEN = "UNKNOWN";

    /** For what the statements above put together: there, null is a value like any other. */
    private static final JsonMapper ROWS = Json.MAPPER
            .rebuild()
            .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private Shapes() {}

    static MachineView machine(ResultSet row) throws SQLException {
        return new MachineView(
                row.getString("id"),
                row.getString("name"),
                row.getString("host"),
                NOT_SEEN,
                null,
                null,
                null,
                row.getString("qmp"),
                row.getString("qga"),
                new MachineView.Qemu(row.getString("qemu_version")),
                machineDisks(row),
                row.getString(MachinePart.PENDING.column()),
                labels(row.getString(MachinePart.LABELS.column())));
    }

    private static List<MachineView.Disk> machineDisks(ResultSet row) throws SQLException {
        Array names = row.getArray(MachinePart.DISK_NAMES.column());
        return names == null
                ? list(row, MachinePart.DISKS.column(), MachineView.Disk[].class)
                : Arrays.stream((String[]) names.getArray())
                        .map(MachineView.Disk::named)
                        .toList();
    }

    private static Map<String, String> labels(@Nullable String json) {
        return json == null ? Map.of() : ROWS.readValue(json, new TypeReference<Map<String, String>>() {});
    }

    static CheckpointView checkpoint(ResultSet row) throws SQLException {
        return new CheckpointView(
                row.getString("id"),
                row.getString("vm_name"),
                row.getString("name"),
                row.getString("parent"),
                row.getString("state"),
                Sql.instant(row, "created_at"),
                row.getString("consistency"),
                row.getString("crash_cause"),
                row.getString("description"),
                moment(row, "requested_at"),
                row.getString("operation"),
                disks(row, CheckpointView.Disk[].class),
                configuration(row));
    }

    static BackupView backup(ResultSet row) throws SQLException {
        return new BackupView(
                row.getString("id"),
                row.getString("vm_name"),
                row.getString("vm"),
                row.getString("repository"),
                row.getString("mode"),
                row.getString("request"),
                row.getString("compression"),
                row.getString("state"),
                row.getString("checkpoint"),
                row.getString("consistency"),
                row.getString("crash_cause"),
                row.getObject("bytes_per_second_max", Long.class),
                Sql.instant(row, "lease_until"),
                row.getObject("scratch_bytes_max", Long.class),
                Sql.instant(row, "deadline"),
                moment(row, "requested_at"),
                Sql.instant(row, "started_at"),
                Sql.instant(row, "completed_at"),
                row.getString("code"),
                row.getString("error"),
                Sql.instant(row, "verified_at"),
                row.getString("verified_by"),
                Sql.instant(row, "merged_at"),
                row.getString("merged_by"),
                Sql.instant(row, "deep_verified_at"),
                row.getBoolean("damaged"),
                row.getBoolean("protected"),
                row.getString("hold"),
                row.getString("held_by"),
                Sql.instant(row, "held_since"),
                row.getString("operation"),
                null,
                null,
                list(row, "exports", String[].class),
                disks(row, BackupView.Disk[].class),
                configuration(row));
    }

    static ExportView export(ResultSet row) throws SQLException {
        return new ExportView(
                row.getString("id"),
                row.getString("vm_name"),
                row.getString("vm"),
                row.getString("backup"),
                row.getString("repository"),
                row.getString("state"),
                row.getBoolean("writable"),
                moment(row, "lease_until"),
                moment(row, "requested_at"),
                Sql.instant(row, "ready_at"),
                Sql.instant(row, "ended_at"),
                row.getString("code"),
                row.getString("error"),
                disks(row, ExportView.Disk[].class));
    }

    static OperationView operation(ResultSet row) throws SQLException {
        OperationState state = OperationState.valueOf(row.getString("state"));
        String code = row.getString("code");
        String result = row.getString("result");
        return new OperationView(
                row.getString("id"),
                row.getString("vm_name"),
                row.getString("vm"),
                OperationKind.valueOf(row.getString("kind")),
                state,
                code,
                row.getString("error"),
                Remedies.of(state, code),
                row.getString("target"),
                null,
                null,
                moment(row, "started_at"),
                Sql.instant(row, "ended_at"),
                row.getInt("events"),
                row.getString("caller"),
                result == null ? null : Json.MAPPER.readTree(result));
    }

    static EventView event(ResultSet row) throws SQLException {
        return new EventView(
                row.getLong("version"),
                row.getString("event_type"),
                Instant.parse(row.getString("at")),
                row.getString("operation"),
                row.getString("caller"),
                Json.MAPPER.readTree(row.getString("payload")));
    }

    static LoggedEvent loggedEvent(ResultSet row) throws SQLException {
        return new LoggedEvent(
                row.getLong("global_index"),
                row.getString("event_identifier"),
                row.getString("vm_name"),
                row.getString("aggregate_identifier"),
                row.getLong("version"),
                row.getString("payload_type"),
                row.getString("at"),
                row.getString("operation"),
                row.getString("caller"),
                // A line break can only stand between the members: within a text it would be escaped.
                row.getString("payload").replace('\n', ' ').replace('\r', ' '));
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(Sql.instant(row, column), column);
    }

    private static @Nullable MachineConfiguration configuration(ResultSet row) throws SQLException {
        @Nullable String json = row.getString("configuration");
        return json == null ? null : Json.MAPPER.readValue(json, MachineConfiguration.class);
    }

    private static <D> List<D> disks(ResultSet row, Class<D[]> shape) throws SQLException {
        return list(row, "disks", shape);
    }

    private static <D> List<D> list(ResultSet row, String column, Class<D[]> shape) throws SQLException {
        @Nullable String json = row.getString(column);
        return json == null ? List.of() : Arrays.asList(ROWS.readValue(json, shape));
    }
}
