package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.DiskName;
import java.util.Map;

/** What its files do not tell about a finished backup: who QEMU was, how many bytes it copied per disk, what the moment is worth. */
public record BackupFacts(QemuFacts qemu, Map<DiskName, Long> bytesCopied, Moment moment) {
    public BackupFacts {
        bytesCopied = Map.copyOf(bytesCopied);
    }

    /** Of a guest that was left alone. */
    public BackupFacts(QemuFacts qemu, Map<DiskName, Long> bytesCopied) {
        this(qemu, bytesCopied, Moment.CRASH);
    }
}
