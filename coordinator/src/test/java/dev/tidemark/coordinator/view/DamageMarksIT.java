package dev.tidemark.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which restore points a damaged file spoils, and what takes that back. */
class DamageMarksIT {
    private static final Database DATABASE = TestDatabase.fresh();
    private final ReadModels models = new ReadModels(DATABASE);
    private final Queries queries = new Queries(DATABASE.application());

    private final Story story = Story.seen(1, "vm1");
    private final BackupRequested first = story.backup(Optional.empty());
    private final BackupRequested second = story.backupOn(first, Story.VDA, Story.VDB);
    private final BackupRequested third = story.backupOn(second, Story.VDA, Story.VDB);
    private final BackupRequested other = story.backup(Optional.empty());

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        models.empty();
    }

    @Test
    void a_damaged_file_spoils_every_restore_point_that_stands_on_it() throws SQLException {
        // Reading the newest has found it.
        story.damaged(third, story.damage(first.backup(), Story.VDA));
        // given one that came later, which the chain should not have made, but which is then spoilt too
        BackupRequested later = story.backupOn(third, Story.VDA);
        models.tell(story);

        assertThat(disk(first, Story.VDA).damage()).contains("sha256 differs");
        assertThat(disk(first, Story.VDA).damagedBy()).isEmpty();
        for (BackupRequested above : List.of(second, third, later)) {
            assertThat(disk(above, Story.VDA).damage()).isNull();
            assertThat(disk(above, Story.VDA).damagedBy()).containsExactly(id(first));
            assertThat(view(above).damaged()).isTrue();
        }
        assertThat(disk(third, Story.VDB).damagedBy()).isEmpty();
        assertThat(view(first).damaged()).isTrue();
        assertThat(view(other).damaged()).isFalse();
    }

    @Test
    void only_a_reading_of_that_very_file_takes_the_mark_away() throws SQLException {
        story.damaged(first, story.damage(first.backup(), Story.VDA));
        BackupRequested otherDisk = story.backupOn(second, Story.VDB);
        story.verified(other, "auditor");
        story.verified(otherDisk, "auditor");
        models.tell(story);
        assertThat(view(third).damaged()).isTrue();
        assertThat(view(first).damaged()).isTrue();
        assertThat(view(otherDisk).damaged()).isFalse();

        rest(story.verified(second, "auditor"));
        for (BackupRequested one : List.of(first, second, third)) {
            assertThat(view(one).damaged()).isFalse();
            assertThat(disk(one, Story.VDA).damagedBy()).isEmpty();
        }
    }

    @Test
    void each_damaged_file_has_a_mark_of_its_own() throws SQLException {
        story.damaged(second, story.damage(second.backup(), Story.VDA), story.damage(first.backup(), Story.VDA));
        models.tell(story);
        assertThat(disk(third, Story.VDA).damagedBy()).containsExactly(id(first), id(second));
        assertThat(disk(second, Story.VDA).damagedBy()).containsExactly(id(first));
        rest(story.verified(first, "auditor"));
        assertThat(disk(third, Story.VDA).damagedBy()).containsExactly(id(second));
        assertThat(disk(second, Story.VDA).damagedBy()).isEmpty();
        assertThat(view(first).damaged()).isFalse();
    }

    @Test
    void a_file_that_the_log_does_not_know_spoils_what_was_read() throws SQLException {
        story.damaged(second, new DamagedDisk(Story.VDA, "somewhere/else.qcow2", "unknown"));
        story.damaged(other, new DamagedDisk(new DiskName("vdz"), "nowhere.qcow2", "unknown"));
        models.tell(story);
        assertThat(disk(second, Story.VDA).damage()).contains("somewhere/else");
        assertThat(disk(second, Story.VDB).damage()).isNull();
        assertThat(disk(third, Story.VDA).damagedBy()).containsExactly(id(second));
        assertThat(view(first).damaged()).isFalse();
        assertThat(view(other).disks()).allMatch(disk -> disk.damage() != null);
    }

    @Test
    void a_backup_tells_when_it_was_verified_and_who_wanted_it() throws SQLException {
        story.verified(second, "auditor");
        models.tell(story);
        assertThat(view(second).verifiedBy()).isEqualTo("auditor");
        assertThat(view(second).verifiedAt())
                .isEqualTo(story.told().getLast().event().at());
        assertThat(view(third).verifiedBy()).isNull();
        assertThat(view(second).deepVerifiedAt()).isNull();
        rest(story.verified(second, "nightly", true));
        assertThat(view(second).verifiedBy()).isEqualTo("nightly");
        Instant restored = story.told().getLast().event().at();
        assertThat(view(second).deepVerifiedAt()).isEqualTo(restored);
        // Reading the files alone does not take back what was found before.
        rest(story.verified(second, "auditor"));
        assertThat(view(second).deepVerifiedAt()).isEqualTo(restored);
        assertThat(view(second).verifiedAt()).isAfter(restored);
    }

    @Test
    void a_merge_takes_the_marks_of_readings_before_it_from_all_that_is_restored_from_the_new_file()
            throws SQLException, IOException {
        BackupRequested otherDisk = story.backupOn(second, Story.VDB);
        List<BackupRequested> chain = List.of(first, second, third, otherDisk);
        chain.forEach(one -> story.verified(one, "auditor", true));
        story.merged(second, first, Story.VDA);
        models.tell(story);
        // Below it and beside it nothing changed.
        for (BackupRequested one : List.of(first, otherDisk)) {
            assertThat(view(one).verifiedAt()).isNotNull();
            assertThat(view(one).deepVerifiedAt()).isNotNull();
        }
        for (BackupRequested one : List.of(second, third)) {
            assertThat(view(one).verifiedAt()).isNull();
            assertThat(view(one).verifiedBy()).isNull();
            assertThat(view(one).deepVerifiedAt()).isNull();
        }
        rest(story.verified(third, "nightly"));
        assertThat(view(third).verifiedBy()).isEqualTo("nightly");
        assertThat(view(third).deepVerifiedAt()).isNull();

        // What was folded before there was this rule comes to where it has it now.
        models.log(story);
        Map<String, List<String>> folded = models.rows();
        PlainSql.run(DATABASE.migration(), """
                UPDATE tidemark.backup SET deep_verified_at = requested_at WHERE deep_verified_at IS NULL;
                UPDATE tidemark.backup SET verified_at = requested_at, verified_by = 'auditor' WHERE verified_at IS NULL;
                UPDATE tidemark.backup SET verified_at = NULL, verified_by = NULL, deep_verified_at = NULL WHERE id = '%s'
                """.formatted(other.backup()));
        assertThat(models.rows()).isNotEqualTo(folded);
        PlainSql.run(DATABASE.migration(), ReadModels.migration("V2_18__marks_of_replaced_files"));
        assertThat(models.rows()).isEqualTo(folded);
    }

    @Test
    void the_migration_brings_old_marks_to_where_the_fold_has_them() throws SQLException, IOException {
        // Nothing had been merged when it ran, and a merge moves marks and puts some of its own.
        List<Story> stories = IntStream.range(2, 200)
                .mapToObj(number -> RandomStory.of(815 + number, number))
                .filter(one -> one.told().stream().noneMatch(told -> told.event() instanceof BackupMergeRequested))
                .limit(7)
                .toList();
        assertThat(stories).hasSize(7);
        models.tell(stories.toArray(new Story[0]));
        models.log(stories.toArray(new Story[0]));
        Map<String, List<String>> folded = models.rows();
        assertThat(folded.get("backup_disk")).anyMatch(row -> row.contains("sha256 differs"));
        assertThat(folded.get("backup")).anyMatch(row -> row.contains("\"verified_by\": \"admin\""));
        PlainSql.run(DATABASE.migration(), """
                UPDATE tidemark.backup SET verified_by = NULL;
                UPDATE tidemark.backup_disk SET damage = 'vda.qcow2: as it was marked before' WHERE disk = 'vda';
                """);
        assertThat(models.rows()).isNotEqualTo(folded);
        PlainSql.run(DATABASE.migration(), refolding());
        assertThat(models.rows()).isEqualTo(folded);
    }

    private static String refolding() throws IOException {
        String migration = ReadModels.migration("V2_2__damage");
        return migration.substring(migration.indexOf("-- What was folded before"));
    }

    /** Tells what was told last, the verification and its end. */
    private void rest(Object verification) throws SQLException {
        assertThat(verification).isNotNull();
        int told = story.told().size();
        models.tell(story.told().subList(told - 2, told));
    }

    private BackupView view(BackupRequested backup) {
        return queries.backup(backup.backup()).orElseThrow();
    }

    private BackupView.Disk disk(BackupRequested backup, DiskName name) {
        return view(backup).disks().stream()
                .filter(disk -> disk.disk().equals(name.value()))
                .findFirst()
                .orElseThrow();
    }

    private static String id(BackupRequested backup) {
        BackupId id = backup.backup();
        return id.value();
    }
}
