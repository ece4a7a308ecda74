package dev.tidemark.coordinator;

import dev.tidemark.coordinator.ledger.EventTypes;
import dev.tidemark.schema.json.EventNames;

/** Plugs the schema's event names into the ledger. */
final class StoredNames implements EventTypes {
    @Override
    public String nameOf(Class<?> type) {
        return EventNames.nameOf(type);
    }

    @Override
    public Class<?> classOf(String name) {
        return EventNames.classOf(name);
    }
}
