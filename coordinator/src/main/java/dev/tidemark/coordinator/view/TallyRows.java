package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Table {@code vm_tally}: what has come of a machine's backups, counted when it came. */
final class TallyRows {
    private TallyRows() {}

    /** What became of a backup. */
    enum Outcome {
        COMPLETED,
        FAILED,
        ABORTED
    }

    static void ended(Connection connection, MachineId machine, BackupId backup, Outcome outcome) throws SQLException {
        Sql.change(connection, """
                INSERT INTO tidemark.vm_tally AS t (vm, measure, label, amount)
                SELECT ?, 'BACKUP', coalesce((SELECT b.mode FROM tidemark.backup b WHERE b.id = ?), ?) || ' ' || ?, 1
                ON CONFLICT (vm, measure, label) DO UPDATE SET amount = t.amount + EXCLUDED.amount
                """, machine, backup, BackupMode.PUSH, outcome);
    }

    /** Why those that are full are; the plan says it, and a merge that comes later takes it away. */
    static void fulls(Connection connection, MachineId machine, BackupId backup) throws SQLException {
        Sql.change(connection, """
                INSERT INTO tidemark.vm_tally AS t (vm, measure, label, amount)
                SELECT ?, 'FULL', coalesce(d.cause, 'REQUESTED'), count(*)
                  FROM tidemark.backup_disk d WHERE d.backup = ? AND d.kind = 'FULL' GROUP BY 3
                ON CONFLICT (vm, measure, label) DO UPDATE SET amount = t.amount + EXCLUDED.amount
                """, machine, backup);
    }

    static void copied(Connection connection, MachineId machine, List<CompletedDisk> disks) throws SQLException {
        for (CompletedDisk disk : disks) {
            Sql.change(connection, """
                    INSERT INTO tidemark.vm_tally AS t (vm, measure, label, amount)
                    VALUES (?, 'DISK', ?, 1), (?, 'BYTES', ?, ?)
                    ON CONFLICT (vm, measure, label) DO UPDATE SET amount = t.amount + EXCLUDED.amount
                    """, machine, disk.kind(), machine, disk.kind(), disk.bytes());
        }
    }
}
