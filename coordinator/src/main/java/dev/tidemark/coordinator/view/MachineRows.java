package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import java.sql.Connection;
import java.sql.SQLException;

/** Tables {@code vm} and {@code vm_disk}. */
final class MachineRows {
    private MachineRows() {}

    static void registered(Connection connection, MachineRegistered event) throws SQLException {
        // "Do nothing" instead of an error: it waits for a rival that has not committed yet, and it leaves no doubt
        // which of the unique constraints was hit.
        int inserted = Sql.change(
                connection,
                """
                INSERT INTO tidemark.vm (id, name, host, qmp, qga, registered_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) WHERE removed_at IS NULL DO NOTHING
                """,
                event.machine(),
                event.name(),
                event.host(),
                event.qmpSocket(),
                event.qgaSocket(),
                event.at());
        if (inserted == 0) {
            throw new MachineNameTaken(event.name());
        }
    }

    static void observed(Connection connection, MachineObserved event) throws SQLException {
        Sql.change(
                connection,
                "UPDATE tidemark.vm SET qemu_version = ? WHERE id = ?",
                event.qemu().version(),
                event.machine());
        Sql.change(connection, "DELETE FROM tidemark.vm_disk WHERE vm = ?", event.machine());
        int position = 0;
        for (DiskFacts disk : event.disks()) {
            Sql.change(
                    connection,
                    """
                    INSERT INTO tidemark.vm_disk
                        (vm, position, name, node, format, virtual_size, file, backing_depth, persistent_bitmaps)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    event.machine(),
                    position++,
                    disk.name(),
                    disk.node(),
                    disk.format(),
                    disk.virtualSize(),
                    disk.file(),
                    disk.backingDepth(),
                    disk.persistentBitmaps());
        }
    }

    static void removed(Connection connection, MachineRemoved event) throws SQLException {
        Sql.change(connection, "UPDATE tidemark.vm SET removed_at = ? WHERE id = ?", event.at(), event.machine());
    }
}
