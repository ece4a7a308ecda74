package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.Ulid;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Which machine a request is about, by what its path names. */
public final class ActTargets {
    private static final String BY_NAME =
            "SELECT id, name FROM tidemark.vm WHERE id = ? OR (name = ? AND removed_at IS NULL)"
                    + " ORDER BY id = ? DESC LIMIT 1";
    private final DataSource source;

    public ActTargets(DataSource source) {
        this.source = source;
    }

    /** A machine. */
    public record Found(String id, String name) {}

    /**
     * The machine; empty if the path names none that there is.
     *
     * @param variables of the path: name and value
     */
    public Optional<Found> machine(Map<String, String> variables) {
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            String value = variable.getValue();
            Optional<Found> found = switch (variable.getKey()) {
                case "vm" -> one(BY_NAME, value, value, value);
                case "backup", "export", "operation" ->
                    one(byObject(variable.getKey()), value, value + "Z".repeat(Ulid.LENGTH));
                default -> Optional.empty();
            };
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** What the path names, in words. */
    public static Optional<String> named(Map<String, String> variables) {
        return variables.isEmpty()
                ? Optional.empty()
                : Optional.of(variables.values().stream().sorted().collect(Collectors.joining(" ")));
    }

    private static String byObject(String table) {
        return "SELECT DISTINCT v.id, v.name FROM tidemark." + table + " o JOIN tidemark.vm v ON v.id = o.vm"
                + " WHERE o.id BETWEEN ? AND ? LIMIT 2";
    }

    private Optional<Found> one(String question, String... values) {
        for (String value : values) {
            if (value.indexOf('\0') >= 0) {
                return Optional.empty();
            }
        }
        try (Connection connection = source.getConnection()) {
            List<Found> found = Sql.list(
                    connection, question, row -> new Found(row.getString("id"), row.getString("name")), (Object[])
                            values);
            return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
        } catch (SQLException failure) {
            throw new StorageUnavailable(failure);
        }
    }
}
