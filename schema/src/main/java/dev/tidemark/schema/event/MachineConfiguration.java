package dev.tidemark.schema.event;

import java.util.List;

/** What a machine was at the moment of a checkpoint or a backup: the QEMU, and every disk, whether it took part or not. */
public record MachineConfiguration(QemuFacts qemu, List<DiskFacts> disks) {
    public MachineConfiguration {
        disks = List.copyOf(disks);
    }
}
