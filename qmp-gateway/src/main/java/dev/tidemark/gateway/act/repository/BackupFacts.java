package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.DiskName;
import java.util.Map;

/** What only QEMU could tell about a finished backup: who it was, and how many bytes it copied per disk. */
public record BackupFacts(QemuFacts qemu, Map<DiskName, Long> bytesCopied) {
    public BackupFacts {
        bytesCopied = Map.copyOf(bytesCopied);
    }
}
