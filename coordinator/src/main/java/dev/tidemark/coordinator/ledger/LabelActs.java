package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which labels machines were given: appended to the book of credentials, never changed.
 *
 * <p>Not in the log, though it is about machines: labels say who may do what, and nothing that a backup stands on. They lie with the
 * tokens that go by them, under the same chain and the same signed heads, and a machine's log is the same whatever it is labelled.
 */
public final class LabelActs {
    private static final String OF_MACHINE =
            "SELECT labels::text AS labels, version, changed_at, changed_by FROM tidemark.vm_labels WHERE vm = ?";
    private static final String REPLACE = """
            INSERT INTO tidemark.api_token_entry (token, act, by_whom, vm, labels, circumstances)
            VALUES (?, 'LABELLED', ?, ?, ?::jsonb, ?::json)
            """;
    private static final String MACHINES = "SELECT vm FROM tidemark.vm_labels WHERE labels @> ?::jsonb";

    private final DataSource source;

    public LabelActs(DataSource source) {
        this.source = source;
    }

    /**
     * A machine's labels.
     *
     * @param version how often they were changed
     * @param changedAt null if they never were
     */
    public record Labels(
            String machine,
            SequencedMap<String, String> labels,
            long version,
            @Nullable Instant changedAt,
            @Nullable String changedBy) {
        public Labels {
            labels = Collections.unmodifiableSequencedMap(new TreeMap<>(labels));
        }
    }

    /** The labels that a machine has now. */
    public Labels of(String machine) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(OF_MACHINE)) {
            statement.setString(1, machine);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? new Labels(
                                machine,
                                labels(row.getString("labels")),
                                row.getLong("version"),
                                row.getObject("changed_at", OffsetDateTime.class)
                                        .toInstant(),
                                row.getString("changed_by"))
                        : new Labels(machine, new TreeMap<>(), 0, null, null);
            }
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /**
     * Records that a machine has these labels from now on; empty if somebody has changed them since they were read.
     *
     * @param circumstances from where and by what request
     */
    public Optional<Labels> replace(
            Labels before, SequencedMap<String, String> labels, String byWhom, Map<String, String> circumstances) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(REPLACE)) {
            statement.setString(1, before.machine() + "/" + (before.version() + 1));
            statement.setString(2, byWhom);
            statement.setString(3, before.machine());
            statement.setString(4, Json.MAPPER.writeValueAsString(labels));
            statement.setString(5, Json.MAPPER.writeValueAsString(circumstances));
            statement.executeUpdate();
        } catch (SQLException failure) {
            if (SqlStates.isDuplicateKey(failure)) {
                return Optional.empty();
            }
            throw Sorting.ofReading(failure);
        }
        return Optional.of(of(before.machine()));
    }

    /** The ids of the machines that have all of these labels now. */
    public Set<String> machines(Map<String, String> labels) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(MACHINES)) {
            statement.setString(1, Json.MAPPER.writeValueAsString(labels));
            Set<String> machines = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    machines.add(rows.getString("vm"));
                }
            }
            return Set.copyOf(machines);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private static SequencedMap<String, String> labels(String json) {
        SequencedMap<String, String> labels = new TreeMap<>();
        for (Map.Entry<String, JsonNode> label : Json.MAPPER.readTree(json).properties()) {
            labels.put(label.getKey(), label.getValue().stringValue());
        }
        return labels;
    }
}
