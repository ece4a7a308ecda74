package dev.tidemark.coordinator.ledger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.json.Json;
import tools.jackson.databind.json.JsonMapper;

/** The codec with what the pure core must not know: how its sealed states are told apart in a snapshot. */
public final class SnapshotJson {
    /** Reads and writes events as {@link Json#MAPPER} does, and machines besides. */
    public static final JsonMapper MAPPER =
            Json.MAPPER.rebuild().addMixIn(Pending.class, PendingTypes.class).build();

    private SnapshotJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Pending.Creation.class, name = "CREATION"),
        @JsonSubTypes.Type(value = Pending.Deletion.class, name = "DELETION"),
        @JsonSubTypes.Type(value = Pending.Backup.class, name = "BACKUP")
    })
    private interface PendingTypes {}
}
