package dev.tidemark.coordinator.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.chain.RetentionPlan.Merge;
import dev.tidemark.coordinator.chain.RetentionPlan.Step;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A plan never loses a restore point that stays, at none of its steps: carried out on a shelf that knows what each file holds. */
class RetentionMergeTest {
    private static final MachineId MACHINE = Story.MACHINE;
    private static final RepositoryName NEAR = Story.NEAR;
    private static final DiskName VDA = Story.VDA;
    private static final DiskName VDB = Story.VDB;
    private static final int SHELVES = 3_000;

    /** What a file holds by itself, the newest first, and what it stands on. */
    private record Image(List<String> layers, Optional<BackupId> parent) {}

    private static final class Shelf {
        private Machine machine = Machine.unknown(MACHINE);
        private final Map<BackupId, Map<DiskName, Image>> images = new LinkedHashMap<>();
        private long ids = 100;

        BackupId full(DiskName... disks) {
            return store(Arrays.asList(disks.length == 0 ? new DiskName[] {VDA} : disks), Map.of());
        }

        BackupId on(BackupId parent) {
            List<DiskName> disks =
                    List.copyOf(images.getOrDefault(parent, Map.of()).keySet());
            Map<DiskName, BackupId> parents = new HashMap<>();
            disks.forEach(disk -> parents.put(disk, parent));
            return store(disks, parents);
        }

        BackupId store(List<DiskName> disks, Map<DiskName, BackupId> parents) {
            BackupId backup = new BackupId(Story.ulid(++ids));
            Map<DiskName, Image> held = new LinkedHashMap<>();
            List<CompletedDisk> files = new ArrayList<>();
            for (DiskName disk : disks) {
                Optional<BackupId> parent = Optional.ofNullable(parents.get(disk));
                held.put(disk, new Image(List.of(backup + "/" + disk), parent));
                files.add(new CompletedDisk(
                        disk,
                        parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                        parent.map(id -> new CheckpointId(id.value())),
                        parent,
                        1,
                        MACHINE + "/" + backup + "/" + disk + ".qcow2",
                        1000,
                        "ab",
                        Story.SIZE));
            }
            machine = machine.evolve(
                    new BackupCompleted(MACHINE, operation(), backup, NEAR, Optional.empty(), files, Story.AT));
            images.put(backup, held);
            return backup;
        }

        OperationId operation() {
            return new OperationId(Story.ulid(++ids));
        }

        void damage(BackupId backup, DiskName disk) {
            String file = MACHINE + "/" + backup + "/" + disk + ".qcow2";
            machine = machine.evolve(new BackupDamaged(
                    MACHINE, operation(), backup, List.of(new DamagedDisk(disk, file, "digest")), Story.AT));
        }

        void protect(BackupId backup, Optional<String> hold) {
            machine = machine.evolve(new BackupProtected(MACHINE, operation(), backup, hold, Story.AT));
        }

        RetentionPlan plan(RetentionPolicy policy) {
            return RetentionPlanner.plan(machine, NEAR, policy);
        }

        /** What a restore reads, from the top down to where nothing is below. */
        List<String> content(BackupId backup, DiskName disk) {
            List<String> content = new ArrayList<>();
            Optional<BackupId> at = Optional.of(backup);
            while (at.isPresent()) {
                Image image = images.getOrDefault(at.get(), Map.of()).get(disk);
                if (image == null) {
                    throw new AssertionError(backup + " stands on nothing: " + at.get() + " holds no " + disk);
                }
                content.addAll(image.layers());
                at = image.parent();
            }
            return content;
        }

        void merge(Merge merge) {
            for (DiskMerge disk : merge.disks()) {
                Map<DiskName, Image> held = images.getOrDefault(merge.backup(), Map.of());
                Image image = held.get(disk.disk());
                if (image == null || !image.parent().equals(Optional.of(disk.parent()))) {
                    throw new AssertionError(merge.backup() + " does not stand on " + disk.parent());
                }
                List<String> layers = new ArrayList<>(image.layers());
                Optional<BackupId> at = image.parent();
                while (!at.equals(disk.onto())) {
                    Image below = at.map(backup -> images.getOrDefault(backup, Map.of()))
                            .map(files -> files.get(disk.disk()))
                            .orElseThrow(() -> new AssertionError(disk + " is not below " + merge.backup()));
                    layers.addAll(below.layers());
                    at = below.parent();
                }
                held.put(disk.disk(), new Image(layers, disk.onto()));
            }
        }
    }

    /** Carries out the plan, and after each step reads every restore point that stays, disk by disk. */
    private static int judge(Shelf shelf, RetentionPlan plan) {
        Map<BackupId, Map<DiskName, List<String>>> kept = new LinkedHashMap<>();
        for (RetentionPlan.Entry entry : plan.entries()) {
            if (entry.stays()) {
                Map<DiskName, List<String>> disks = new HashMap<>();
                shelf.images
                        .getOrDefault(entry.backup(), Map.of())
                        .keySet()
                        .forEach(disk -> disks.put(disk, shelf.content(entry.backup(), disk)));
                kept.put(entry.backup(), disks);
            }
        }
        int merged = 0;
        for (Step step : plan.steps()) {
            if (step.action() == Step.Action.MERGE) {
                shelf.merge(plan.merges().stream()
                        .filter(merge -> merge.backup().equals(step.backup()))
                        .findFirst()
                        .orElseThrow());
                merged++;
            } else {
                shelf.images.remove(step.backup());
            }
            kept.forEach((backup, disks) -> disks.forEach((disk, content) -> assertThat(shelf.content(backup, disk))
                    .as("%s after %s", backup, step)
                    .isEqualTo(content)));
        }
        // What goes is gone, and nothing else.
        assertThat(shelf.images.keySet()).containsExactlyElementsOf(kept.keySet());
        return merged;
    }

    private static RetentionPolicy last(int count) {
        return new RetentionPolicy(count, 0, 0, 0, 0);
    }

    @Test
    void the_full_one_goes_when_what_stays_has_taken_it_in() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full();
        BackupId middle = shelf.on(full);
        BackupId newest = shelf.on(middle);
        RetentionPlan plan = shelf.plan(last(1));
        assertThat(plan.merges())
                .containsExactly(new Merge(newest, List.of(new DiskMerge(VDA, middle, Optional.empty())), 3000));
        assertThat(plan.steps())
                .containsExactly(
                        new Step(Step.Action.MERGE, newest),
                        new Step(Step.Action.DELETE, middle),
                        new Step(Step.Action.DELETE, full));
        assertThat(judge(shelf, plan)).isEqualTo(1);
    }

    @Test
    void several_that_stand_on_what_goes_are_merged_one_after_the_other_the_oldest_first() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full();
        BackupId going = shelf.on(full);
        BackupId one = shelf.on(going);
        BackupId other = shelf.on(going);
        shelf.protect(full, Optional.of("case 7"));
        RetentionPlan plan = shelf.plan(last(2));
        assertThat(plan.merges()).extracting(Merge::backup).containsExactly(one, other);
        assertThat(plan.merges())
                .allSatisfy(merge ->
                        assertThat(merge.disks()).containsExactly(new DiskMerge(VDA, going, Optional.of(full))));
        assertThat(plan.steps().getLast()).isEqualTo(new Step(Step.Action.DELETE, going));
        judge(shelf, plan);
    }

    @Test
    void what_nobody_stands_on_goes_before_anything_is_copied() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full();
        BackupId aside = shelf.on(full);
        BackupId newest = shelf.on(full);
        assertThat(shelf.plan(last(1)).steps())
                .containsExactly(
                        new Step(Step.Action.DELETE, aside),
                        new Step(Step.Action.MERGE, newest),
                        new Step(Step.Action.DELETE, full));
    }

    @Test
    void where_both_stay_the_lower_one_is_needed_and_nothing_is_merged() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full();
        BackupId newest = shelf.on(full);
        RetentionPlan plan = shelf.plan(last(2));
        assertThat(plan.merges()).isEmpty();
        assertThat(plan.entries().getFirst().reasons())
                .containsExactly(
                        new RetentionPlan.Reason(RetentionPlan.Kind.LAST, ""),
                        new RetentionPlan.Reason(RetentionPlan.Kind.NEEDED, "by " + newest));
    }

    @Test
    void what_cannot_be_taken_in_is_needed_once_and_with_its_reason() {
        Shelf shelf = new Shelf();
        BackupId full = shelf.full();
        BackupId newest = shelf.on(full);
        shelf.protect(newest, Optional.of("case 7"));
        assertThat(shelf.plan(last(2)).entries().getFirst().reasons())
                .filteredOn(reason -> reason.kind() == RetentionPlan.Kind.NEEDED)
                .singleElement()
                .satisfies(reason -> assertThat(reason.detail()).contains("by " + newest, "case 7"));
    }

    @Test
    void what_is_held_protected_damaged_or_not_to_be_merged_keeps_what_it_stands_on_and_the_plan_says_why() {
        for (String trouble : List.of("held", "protected", "damaged", "unwanted")) {
            Shelf shelf = new Shelf();
            BackupId full = shelf.full();
            BackupId newest = shelf.on(full);
            switch (trouble) {
                case "held" -> shelf.protect(newest, Optional.of("case 7"));
                case "protected" -> shelf.protect(newest, Optional.empty());
                case "damaged" -> shelf.damage(full, VDA);
                default -> {}
            }
            RetentionPlan plan = RetentionPlanner.plan(shelf.machine, NEAR, last(1), !trouble.equals("unwanted"));
            assertThat(plan.merges()).as(trouble).isEmpty();
            assertThat(plan.steps()).as(trouble).isEmpty();
            assertThat(plan.entries().getFirst().reasons().getLast())
                    .returns(RetentionPlan.Kind.NEEDED, RetentionPlan.Reason::kind)
                    .satisfies(reason -> assertThat(reason.detail())
                            .contains("by " + newest)
                            .contains(
                                    switch (trouble) {
                                        case "held" -> "case 7";
                                        case "protected" -> "protected";
                                        case "damaged" -> "damaged";
                                        default -> "";
                                    }));
        }
    }

    // What must be so on every shelf.

    private static Shelf random(Random dice) {
        Shelf shelf = new Shelf();
        int count = 1 + dice.nextInt(25);
        for (int number = 0; number < count; number++) {
            List<BackupId> before = List.copyOf(shelf.images.keySet());
            List<DiskName> disks = dice.nextInt(5) == 0 ? List.of(VDA) : List.of(VDA, VDB);
            Map<DiskName, BackupId> parents = new HashMap<>();
            for (DiskName disk : disks) {
                // Each disk by itself: one may be full where the other goes on.
                if (!before.isEmpty() && dice.nextInt(5) != 0) {
                    BackupId parent = before.get(Math.max(0, before.size() - 1 - dice.nextInt(3)));
                    if (shelf.images.getOrDefault(parent, Map.of()).containsKey(disk)) {
                        parents.put(disk, parent);
                    }
                }
            }
            shelf.store(disks, parents);
        }
        for (BackupId backup : shelf.images.keySet()) {
            if (dice.nextInt(14) == 0) {
                shelf.damage(backup, VDA);
            }
            if (dice.nextInt(12) == 0) {
                shelf.protect(backup, dice.nextBoolean() ? Optional.of("case") : Optional.empty());
            }
        }
        return shelf;
    }

    private interface Twist {
        RetentionPlan of(RetentionPlan plan, Random dice);
    }

    private static int everyShelf(Twist twist) {
        long first = Long.getLong("tidemark.seed", 1L);
        long end = Long.getLong("tidemark.seed") == null ? first + SHELVES : first + 1;
        int merged = 0;
        for (long seed = first; seed < end; seed++) {
            Random dice = new Random(seed * 0x9E3779B97F4A7C15L);
            try {
                Shelf shelf = random(dice);
                RetentionPlan plan = shelf.plan(last(1 + dice.nextInt(4)));
                Set<BackupId> guarded = new HashSet<>();
                for (StoredBackup stored : shelf.machine.stored()) {
                    if (stored.guarded() || stored.hold().isPresent()) {
                        guarded.add(stored.backup());
                    }
                }
                assertThat(plan.merges()).noneMatch(merge -> guarded.contains(merge.backup()));
                merged += judge(shelf, twist.of(plan, dice));
            } catch (AssertionError red) {
                throw new AssertionError("seed=" + seed + ": " + red.getMessage(), red);
            }
        }
        return merged;
    }

    @Test
    void on_no_random_shelf_does_a_step_lose_what_stays() {
        assertThat(everyShelf((plan, dice) -> plan)).as("merges judged").isGreaterThan(SHELVES / 2);
    }

    // The judge has to be able to say no.

    private static void assertNoticed(Twist twist) {
        assertThatThrownBy(() -> everyShelf(twist))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed=");
    }

    @Test
    void deletions_before_the_merges_are_noticed() {
        assertNoticed((plan, dice) -> {
            List<Step> steps = new ArrayList<>(plan.steps());
            steps.sort((one, other) -> other.action().compareTo(one.action()));
            return new RetentionPlan(plan.entries(), plan.merges(), steps, plan.checkpoints());
        });
    }

    @Test
    void a_merge_that_is_left_out_is_noticed() {
        assertNoticed((plan, dice) -> {
            List<Step> steps = new ArrayList<>(plan.steps());
            steps.removeIf(step -> step.action() == Step.Action.MERGE && dice.nextInt(4) == 0);
            return new RetentionPlan(plan.entries(), plan.merges(), steps, plan.checkpoints());
        });
    }

    @Test
    void a_merge_of_one_disk_of_two_is_noticed() {
        assertNoticed((plan, dice) -> {
            List<Merge> merges = plan.merges().stream()
                    .map(merge -> new Merge(merge.backup(), merge.disks().subList(0, 1), merge.bytes()))
                    .toList();
            return new RetentionPlan(plan.entries(), merges, plan.steps(), plan.checkpoints());
        });
    }
}
