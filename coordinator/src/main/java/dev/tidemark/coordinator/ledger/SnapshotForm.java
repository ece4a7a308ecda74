package dev.tidemark.coordinator.ledger;

import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** A snapshot as it is stored: the bare state, under the name that the settings give it. */
final class SnapshotForm extends StoredTypes {
    private SnapshotForm(LedgerSettings<?, ?, ?, ?> settings) {
        super(new Names(settings.snapshots()), settings.mapper());
    }

    static Serializer of(LedgerSettings<?, ?, ?, ?> settings) {
        return new SnapshotForm(settings);
    }

    @Override
    public <T> SerializedObject<T> serialize(@Nullable Object object, Class<T> representation) {
        Object stored = object instanceof MachineShell<?, ?, ?, ?> shell ? shell.state() : object;
        return super.serialize(stored, representation);
    }

    private record Names(LedgerSettings.Snapshots<?> snapshots) implements EventTypes {
        @Override
        public String nameOf(Class<?> type) {
            return snapshots.type();
        }

        @Override
        public Class<?> classOf(String name) {
            return snapshots.stateType();
        }
    }
}
