package dev.tidemark.coordinator.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.chain.RetentionPlan.Kind;
import dev.tidemark.coordinator.chain.RetentionPlan.Reason;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy keeps: by example, and by what must be so in every random repository. */
class RetentionPlannerTest {
    private static final MachineId MACHINE = Story.MACHINE;
    private static final RepositoryName NEAR = Story.NEAR;
    private static final DiskName VDA = Story.VDA;
    private static final DiskName VDB = Story.VDB;
    private static final int HISTORIES = 3_000;

    /** A machine's backups as its log tells of them. */
    private static final class Shelf {
        private Machine machine = Machine.unknown(MACHINE);
        private final List<BackupId> backups = new ArrayList<>();
        private long ids = 100;

        BackupId full(String at, DiskName... disks) {
            return store(NEAR, Instant.parse(at), Optional.empty(), disks);
        }

        BackupId on(BackupId parent, String at, DiskName... disks) {
            return store(NEAR, Instant.parse(at), Optional.of(parent), disks);
        }

        BackupId store(RepositoryName repository, Instant at, Optional<BackupId> parent, DiskName... disks) {
            BackupId backup = new BackupId(Story.ulid(++ids));
            List<CompletedDisk> files = Arrays.stream(disks.length == 0 ? new DiskName[] {VDA} : disks)
                    .map(disk -> new CompletedDisk(
                            disk,
                            parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                            parent.map(id -> new CheckpointId(id.value())),
                            parent,
                            1,
                            MACHINE + "/" + backup + "/" + disk + ".qcow2",
                            1,
                            "ab",
                            Story.SIZE))
                    .toList();
            machine = machine.evolve(
                    new BackupCompleted(MACHINE, operation(), backup, repository, Optional.empty(), files, at));
            backups.add(backup);
            return backup;
        }

        void damage(BackupId backup, DiskName disk) {
            machine = machine.evolve(new BackupDamaged(
                    MACHINE,
                    operation(),
                    backup,
                    List.of(new DamagedDisk(disk, MACHINE + "/" + backup + "/" + disk + ".qcow2", "digest")),
                    Story.AT));
        }

        void protect(BackupId backup, Optional<String> hold) {
            machine = machine.evolve(new BackupProtected(MACHINE, operation(), backup, hold, Story.AT));
        }

        void delete(BackupId backup) {
            OperationId operation = operation();
            machine = machine.evolve(new BackupDeletionRequested(MACHINE, operation, backup, Story.AT));
            machine = machine.evolve(new BackupDeleted(MACHINE, operation, backup, 1, Story.AT));
        }

        OperationId operation() {
            return new OperationId(Story.ulid(++ids));
        }

        /** Nothing is merged: see {@link RetentionMergeTest} for what is. */
        RetentionPlan plan(RetentionPolicy policy) {
            return RetentionPlanner.plan(machine, NEAR, policy, false);
        }

        Map<BackupId, Set<Reason>> kept(RetentionPolicy policy) {
            Map<BackupId, Set<Reason>> kept = new LinkedHashMap<>();
            plan(policy).entries().stream()
                    .filter(RetentionPlan.Entry::stays)
                    .forEach(entry -> kept.put(entry.backup(), Set.copyOf(entry.reasons())));
            return kept;
        }
    }

    private static RetentionPolicy last(int count) {
        return new RetentionPolicy(count, 0, 0, 0, 0);
    }

    @Test
    void the_newest_so_many_stay_and_what_they_stand_on() {
        Shelf shelf = new Shelf();
        BackupId old = shelf.full("2026-01-01T00:00:00Z");
        BackupId full = shelf.full("2026-01-02T00:00:00Z");
        BackupId middle = shelf.on(full, "2026-01-03T00:00:00Z");
        BackupId newest = shelf.on(middle, "2026-01-04T00:00:00Z");
        assertThat(shelf.plan(last(1)).deletions()).containsExactly(old);
        assertThat(shelf.kept(last(1)))
                .containsEntry(newest, Set.of(new Reason(Kind.NEWEST, ""), new Reason(Kind.LAST, "")))
                .containsEntry(middle, Set.of(new Reason(Kind.NEEDED, "by " + newest)))
                .containsEntry(full, Set.of(new Reason(Kind.NEEDED, "by " + middle)));
    }

    @Test
    void what_goes_goes_from_above() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full("2026-01-01T00:00:00Z");
        BackupId middle = shelf.on(full, "2026-01-02T00:00:00Z");
        BackupId top = shelf.on(middle, "2026-01-03T00:00:00Z");
        shelf.full("2026-01-04T00:00:00Z");
        assertThat(shelf.plan(last(1)).deletions()).containsExactly(top, middle, full);
    }

    @Test
    void of_a_day_the_newest_stays_and_days_without_a_backup_count_for_nothing() {
        Shelf shelf = new Shelf();
        BackupId first = shelf.full("2026-01-01T23:59:59.999Z");
        BackupId morning = shelf.full("2026-01-02T00:00:00Z");
        BackupId evening = shelf.full("2026-01-02T23:00:00Z");
        BackupId later = shelf.full("2026-02-20T12:00:00Z");
        assertThat(shelf.plan(new RetentionPolicy(0, 2, 0, 0, 0)).deletions()).containsExactly(morning, first);
        assertThat(shelf.plan(new RetentionPolicy(0, 3, 0, 0, 0)).deletions()).containsExactly(morning);
        assertThat(shelf.kept(new RetentionPolicy(0, 3, 0, 0, 0)))
                .containsEntry(evening, Set.of(new Reason(Kind.DAILY, "2026-01-02")))
                .containsKey(later);
    }

    @ParameterizedTest
    @CsvSource({
        // The last days of 2026 are of the week that belongs to 2026, the first of 2027 too.
        "2026-12-31T12:00:00Z, 2027-01-03T12:00:00Z, 2026-W53, true",
        "2026-12-27T12:00:00Z, 2026-12-28T00:00:00Z, 2026-W53, false",
        "2024-12-29T12:00:00Z, 2024-12-30T12:00:00Z, 2025-W01, false"
    })
    void weeks_are_those_of_iso_8601(String earlier, String later, String week, boolean same) {
        Shelf shelf = new Shelf();
        BackupId first = shelf.full(earlier);
        BackupId second = shelf.full(later);
        Map<BackupId, Set<Reason>> kept = shelf.kept(new RetentionPolicy(0, 0, 2, 0, 0));
        assertThat(kept.containsKey(first)).isEqualTo(!same);
        assertThat(kept.get(second)).contains(new Reason(Kind.WEEKLY, week));
    }

    @Test
    void months_and_years_have_their_newest() {
        Shelf shelf = new Shelf();
        BackupId year = shelf.full("2025-06-01T00:00:00Z");
        BackupId month = shelf.full("2026-01-31T00:00:00Z");
        BackupId gone = shelf.full("2026-02-01T00:00:00Z");
        BackupId newest = shelf.full("2026-02-02T00:00:00Z");
        Map<BackupId, Set<Reason>> kept = shelf.kept(new RetentionPolicy(0, 0, 0, 2, 2));
        assertThat(kept).containsOnlyKeys(year, month, newest);
        assertThat(kept).doesNotContainKey(gone);
        assertThat(kept.get(year)).containsExactly(new Reason(Kind.YEARLY, "2025"));
        assertThat(kept.get(newest)).contains(new Reason(Kind.MONTHLY, "2026-02"), new Reason(Kind.YEARLY, "2026"));
    }

    @Test
    void what_is_damaged_takes_nobodys_place() {
        Shelf shelf = new Shelf();
        BackupId old = shelf.full("2026-01-01T00:00:00Z");
        BackupId whole = shelf.full("2026-01-02T00:00:00Z");
        BackupId full = shelf.full("2026-01-03T00:00:00Z");
        BackupId above = shelf.on(full, "2026-01-04T00:00:00Z");
        shelf.damage(full, VDA);
        Map<BackupId, Set<Reason>> kept = shelf.kept(last(2));
        assertThat(kept).containsOnlyKeys(old, whole, full, above);
        assertThat(kept.get(old)).containsExactly(new Reason(Kind.LAST, ""));
        assertThat(kept.get(whole)).contains(new Reason(Kind.NEWEST, ""));
        assertThat(kept.get(above)).contains(new Reason(Kind.NEWEST, ""), new Reason(Kind.DAMAGED, "disk 'vda'"));
    }

    @Test
    void a_backup_of_one_disk_takes_no_place_among_those_of_another() {
        Shelf shelf = new Shelf();
        BackupId both = shelf.full("2026-01-01T00:00:00Z", VDA, VDB);
        BackupId one = shelf.full("2026-01-02T00:00:00Z", VDA);
        BackupId two = shelf.full("2026-01-03T00:00:00Z", VDA);
        assertThat(shelf.plan(last(1)).deletions()).containsExactly(one);
        assertThat(shelf.kept(last(1))).containsOnlyKeys(both, two);
    }

    @Test
    void what_is_protected_or_held_stays_with_what_it_stands_on() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full("2026-01-01T00:00:00Z");
        BackupId held = shelf.on(full, "2026-01-02T00:00:00Z");
        BackupId other = shelf.full("2026-01-03T00:00:00Z");
        BackupId newest = shelf.full("2026-01-04T00:00:00Z");
        shelf.protect(held, Optional.of("case 7"));
        shelf.protect(other, Optional.empty());
        Map<BackupId, Set<Reason>> kept = shelf.kept(last(1));
        assertThat(kept).containsOnlyKeys(full, held, other, newest);
        assertThat(kept.get(held)).containsExactly(new Reason(Kind.HOLD, "case 7"));
        assertThat(kept.get(other)).containsExactly(new Reason(Kind.PROTECTED, ""));
    }

    @Test
    void what_a_running_backup_stands_on_stays_whatever_newer_ones_there_are() {
        // given: a newer full one, to which the next is going to be incremental
        BackupId third = new BackupId(Story.ulid(23));
        Story story = Story.machine().backedUp(Story.BACKUP, NEAR, Story.A);
        story.backup(Story.SECOND_BACKUP, NEAR, new BackupRequest.Full(), Optional.of(Story.B))
                .started(Story.B)
                .stored();
        assertThat(RetentionPlanner.plan(story.now(), NEAR, last(1)).deletions())
                .containsExactly(Story.BACKUP);
        // when: one that is under way stands on the older
        story.backup(third, NEAR, new BackupRequest.Differential(Story.A), Optional.empty());
        // then
        RetentionPlan plan = RetentionPlanner.plan(story.now(), NEAR, last(1));
        assertThat(plan.deletions()).isEmpty();
        assertThat(plan.entries().getFirst().reasons())
                .containsExactly(new Reason(Kind.IN_USE, "operation " + story.pendingOperation()));
    }

    @Test
    void another_repository_is_another_matter() {
        Shelf shelf = new Shelf();
        shelf.store(Story.FAR, Instant.parse("2026-01-01T00:00:00Z"), Optional.empty());
        BackupId near = shelf.full("2026-01-02T00:00:00Z");
        assertThat(shelf.plan(last(1)).entries())
                .extracting(RetentionPlan.Entry::backup)
                .containsExactly(near);
    }

    @Test
    void nothing_stored_nothing_planned() {
        assertThat(new Shelf().plan(last(3)).entries()).isEmpty();
    }

    // What must be so in every repository.

    private static Shelf random(Random dice) {
        Shelf shelf = new Shelf();
        Instant at = Instant.parse("2025-11-01T00:00:00Z").plus(Duration.ofHours(dice.nextInt(5000)));
        int count = 1 + dice.nextInt(40);
        for (int number = 0; number < count; number++) {
            // Now and then a clock is set back.
            at = at.plus(Duration.ofMinutes(dice.nextInt(8) == 0 ? -dice.nextInt(2000) : dice.nextInt(4000)));
            DiskName[] disks = dice.nextInt(5) == 0 ? new DiskName[] {VDA} : new DiskName[] {VDA, VDB};
            Optional<BackupId> parent = shelf.backups.isEmpty() || dice.nextInt(4) == 0
                    ? Optional.empty()
                    : Optional.of(shelf.backups.get(Math.max(0, shelf.backups.size() - 1 - dice.nextInt(3))));
            shelf.store(NEAR, at, parent, disks);
        }
        for (BackupId backup : shelf.backups) {
            if (dice.nextInt(12) == 0) {
                shelf.damage(backup, dice.nextBoolean() ? VDA : VDB);
            }
            if (dice.nextInt(15) == 0) {
                shelf.protect(backup, dice.nextBoolean() ? Optional.of("case") : Optional.empty());
            }
        }
        return shelf;
    }

    private static RetentionPolicy policy(Random dice) {
        return new RetentionPolicy(
                dice.nextInt(5), dice.nextInt(8), dice.nextInt(5), dice.nextInt(4), 1 + dice.nextInt(2));
    }

    @Test
    void in_every_random_repository_what_must_be_so_is_so() {
        long first = Long.getLong("tidemark.seed", 1L);
        long end = Long.getLong("tidemark.seed") == null ? first + HISTORIES : first + 1;
        int deletions = 0;
        for (long seed = first; seed < end; seed++) {
            Random dice = new Random(seed * 0x9E3779B97F4A7C15L);
            try {
                deletions += judge(random(dice), policy(dice));
            } catch (AssertionError red) {
                throw new AssertionError("seed=" + seed + ": " + red.getMessage(), red);
            }
        }
        assertThat(deletions).as("deletions judged").isGreaterThan(end - first == 1 ? -1 : HISTORIES);
    }

    private static int judge(Shelf shelf, RetentionPolicy policy) {
        RetentionPlan plan = shelf.plan(policy);
        Set<BackupId> kept = new HashSet<>(shelf.kept(policy).keySet());
        // The newest stays, and the newest whole one of each disk.
        assertThat(kept).contains(shelf.backups.getLast());
        for (DiskName disk : List.of(VDA, VDB)) {
            List<StoredBackup> whole = whole(shelf.machine, disk);
            if (!whole.isEmpty()) {
                assertThat(kept).contains(whole.getLast().backup());
            }
            // Everything that the definition keeps, which is written down here a second time.
            assertThat(kept).containsAll(defined(whole, policy));
        }
        for (StoredBackup backup : shelf.machine.stored()) {
            if (backup.guarded() || backup.hold().isPresent()) {
                assertThat(kept).contains(backup.backup());
            }
            if (kept.contains(backup.backup())) {
                backup.files()
                        .forEach(file -> file.parent()
                                .ifPresent(below -> assertThat(kept).contains(below)));
            }
        }
        // Whatever the crash, what is kept has all that it stands on; and the core lets each go when its turn comes.
        int count = 0;
        for (BackupId going : plan.deletions()) {
            assertThat(shelf.machine.standingOn(going)).as("on %s", going).isEmpty();
            assertThat(kept).doesNotContain(going);
            shelf.delete(going);
            count++;
        }
        assertThat(shelf.machine.stored()).extracting(StoredBackup::backup).containsExactlyInAnyOrderElementsOf(kept);
        // Done once, nothing is left to do.
        assertThat(shelf.plan(policy).deletions()).isEmpty();
        return count;
    }

    private static List<StoredBackup> whole(Machine machine, DiskName disk) {
        return machine.stored().stream()
                .filter(kept -> isWhole(machine, kept.backup(), disk))
                .toList();
    }

    private static boolean isWhole(Machine machine, BackupId backup, DiskName disk) {
        return machine.stored(backup).stream()
                .flatMap(kept -> kept.files().stream())
                .filter(file -> file.disk().equals(disk))
                .anyMatch(file -> !file.damaged()
                        && file.parent()
                                .map(parent -> !holds(machine, parent, disk) || isWhole(machine, parent, disk))
                                .orElse(true));
    }

    private static boolean holds(Machine machine, BackupId backup, DiskName disk) {
        return machine.stored(backup).stream()
                .flatMap(kept -> kept.files().stream())
                .anyMatch(file -> file.disk().equals(disk));
    }

    /** The newest so many, and of each calendar period with one the last to be stored. */
    private static Set<BackupId> defined(List<StoredBackup> whole, RetentionPolicy policy) {
        Set<BackupId> defined = new HashSet<>();
        whole.subList(Math.max(0, whole.size() - policy.last()), whole.size())
                .forEach(kept -> defined.add(kept.backup()));
        Map<Integer, Integer> counts =
                Map.of(0, policy.daily(), 1, policy.weekly(), 2, policy.monthly(), 3, policy.yearly());
        counts.forEach((period, count) -> {
            Map<Long, Integer> last = new TreeMap<>();
            for (int index = 0; index < whole.size(); index++) {
                LocalDate day = LocalDate.ofInstant(whole.get(index).takenAt(), ZoneOffset.UTC);
                long key = switch (period) {
                    case 0 -> day.toEpochDay();
                    // 1970-01-01 was a Thursday.
                    case 1 -> Math.floorDiv(day.toEpochDay() + 3, 7);
                    case 2 -> day.getYear() * 12L + day.getMonthValue();
                    default -> day.getYear();
                };
                last.put(key, index);
            }
            last.values().stream()
                    .sorted((one, other) -> Integer.compare(other, one))
                    .limit(count)
                    .forEach(index -> defined.add(whole.get(index).backup()));
        });
        return defined;
    }
}
