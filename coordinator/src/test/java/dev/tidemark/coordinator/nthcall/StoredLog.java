package dev.tidemark.coordinator.nthcall;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import tools.jackson.core.type.TypeReference;

/** The log as its table holds it, read past the ledger. */
final class StoredLog {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final String EVENTS =
            "SELECT sequence_number, payload_type, payload, meta_data FROM tidemark.domain_event_entry";

    private StoredLog() {}

    /** An event with its number among its machine's, from 1. */
    record Entry(long version, String type, MachineEvent event, Map<String, String> metadata) {}

    static List<Entry> of(DataSource source, MachineId machine) {
        return read(source, EVENTS + " WHERE aggregate_identifier = ? ORDER BY sequence_number", machine.value());
    }

    static List<Entry> after(DataSource source, long globalIndex) {
        return read(source, EVENTS + " WHERE global_index > ? ORDER BY global_index", globalIndex);
    }

    /** What follows from them, and from nothing else. */
    static Machine fold(MachineId id, List<Entry> entries) {
        Machine machine = Machine.unknown(id);
        for (Entry entry : entries) {
            machine = machine.evolve(entry.event());
        }
        return machine;
    }

    private static List<Entry> read(DataSource source, String question, Object parameter) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setObject(1, parameter);
            List<Entry> entries = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String type = rows.getString(2);
                    entries.add(new Entry(
                            rows.getLong(1) + 1,
                            type,
                            Json.MAPPER.readValue(rows.getString(3), EventNames.classOf(type)),
                            Json.MAPPER.readValue(rows.getString(4), TEXTS)));
                }
            }
            return entries;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
