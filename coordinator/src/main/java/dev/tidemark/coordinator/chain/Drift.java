package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/** By what a drift is recognised as one that was told already. */
final class Drift {
    private Drift() {}

    static String key(DriftFound drift) {
        return key(drift.kind(), drift.disk(), drift.subject());
    }

    static boolean isOf(DriftKind kind, String key) {
        return key.startsWith(kind + "|");
    }

    static String key(DriftKind kind, Optional<DiskName> disk, String subject) {
        return kind + "|" + disk.map(DiskName::value).orElse("") + "|" + subject;
    }
}
