package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.Outcome.Evidence.Stored;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.id.BitmapName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BackupIT {

    @Test
    void a_full_and_an_incremental_backup_restore_to_what_was_there_at_their_moments() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 4 << 20);
            BackupCheckpoint first = Operations.checkpoint("first");
            PushBackupOperation full = Operations.backup(
                    Optional.of(first), OptionalLong.empty(), Operations.full(rig.disk(0), true, Optional.empty()));
            byte[] atFull = rig.content(0);
            Stored storedFull = rig.stored(full);
            assertThat(storedFull.disks()).singleElement().satisfies(disk -> {
                assertThat(disk.kind()).isEqualTo(BackupKind.FULL);
                assertThat(disk.virtualSize()).isEqualTo(Rig.DISK_BYTES);
            });

            rig.write(0, 0x22, 1 << 20, 1 << 20);
            rig.write(0, 0x33, 10 << 20, 65536);
            byte[] atIncremental = rig.content(0);
            BackupCheckpoint second = Operations.checkpoint("second");
            PushBackupOperation incremental = Operations.backup(
                    Optional.of(second),
                    OptionalLong.empty(),
                    Operations.incremental(rig.disk(0), full.backup(), List.of(BitmapName.of(first.id())), true));
            Stored storedIncremental = rig.stored(incremental);
            assertThat(storedIncremental.disks().getFirst().bytes()).isEqualTo((1 << 20) + 65536);

            rig.write(0, 0x44, 0, 1 << 20);
            assertThat(Rig.same(rig.restored(full.backup(), 0), atFull)).isTrue();
            assertThat(Rig.same(rig.restored(incremental.backup(), 0), atIncremental))
                    .isTrue();
            assertThat(Rig.same(atFull, atIncremental)).isFalse();
            rig.assertNothingOfOursButBitmaps();
        }
    }
}
