package dev.tidemark.coordinator.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.chain.Checkpoint;
import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The model says what the production code says: along random ways through the model, the production core gets the same commands
 * and looks, and after every step the two logs, and at every send the two transactions, are compared.
 */
class FidelityTest {
    private static final int WAYS = 1_500;
    private static final int TWIN_WAYS = 10_000;
    private static final int STEPS = 160;
    private static final int FAULT_PERCENT = 5;

    private static final EnumSet<Action> ONLY_WITH_A_BUG = EnumSet.of(Action.COMMIT, Action.COORDINATOR_DIES);

    private static final Set<Fault> FAULTS = EnumSet.complementOf(EnumSet.of(Fault.IN_THE_WINDOW));

    private record Taken(Action action, int first, int second, World after) {}

    @Test
    void log_and_transactions_are_those_of_the_production_core() {
        long first = Long.getLong("tidemark.seed", 1);
        int ways = Long.getLong("tidemark.seed") == null ? WAYS : 1;
        long sent = 0;
        Set<Action> taken = EnumSet.noneOf(Action.class);
        for (long seed = first; seed < first + ways; seed++) {
            sent += walk(seed, Bug.NONE, taken);
        }
        if (ways == WAYS) {
            assertThat(sent).as("transactions compared").isGreaterThan(ways);
            assertThat(taken).containsAll(EnumSet.complementOf(ONLY_WITH_A_BUG));
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "BASE_IS_NEWEST_CHECKPOINT",
                "ONLY_THE_BASE_BITMAP",
                "RETURN_UNNOTICED",
                "IMAGES_JUDGED_AGAINST_THE_NEW_RUN",
                "RECORDING_FLAG_IGNORED",
                "OLD_REPORTS_ACCEPTED",
                "MOMENT_KNOWN_TO_THE_GATEWAY_ALONE"
            })
    void a_model_that_says_something_else_is_found(Bug bug) {
        assertThatThrownBy(() -> {
                    for (long seed = 1; seed <= TWIN_WAYS; seed++) {
                        walk(seed, bug, EnumSet.noneOf(Action.class));
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("tidemark.seed=");
    }

    private static long walk(long seed, Bug bug, Set<Action> actions) {
        Random dice = new Random(seed);
        EnumSet<Fault> faults = EnumSet.copyOf(FAULTS);
        if (dice.nextBoolean()) {
            faults.remove(Fault.BLIND_WATCH);
        }
        Scope scope = new Scope(1 + dice.nextInt(2), 2, 3, 1 + dice.nextInt(2), 2, 3, dice.nextInt(7), true, faults);
        Layout layout = new Layout(scope);
        Steps steps = new Steps(layout, bug);
        Shadow shadow = new Shadow(layout);
        World world = World.first(layout);
        List<String> trace = new ArrayList<>();
        long sent = 0;
        for (int step = 0; step < STEPS; step++) {
            List<Taken> possible = new ArrayList<>();
            steps.from(world, (action, first, second, next) -> {
                World copy = new World(layout);
                copy.copyFrom(next);
                possible.add(new Taken(action, first, second, copy));
            });
            Taken taken = choose(world, possible, dice);
            actions.add(taken.action());
            trace.add(taken.action().describe(taken.first(), taken.second()));
            try {
                if (EnumSet.of(Action.SEND, Action.SEND_LOST, Action.SEND_LATE).contains(taken.action())) {
                    assertThat(plan(steps, world, taken.first(), shadow.operation(taken.first())))
                            .isEqualTo(shadow.plan(taken.first()));
                    sent++;
                }
                shadow.follow(taken.action(), taken.first(), taken.second(), world, taken.after());
                taken.after().forget();
                compare(layout, taken.after(), shadow.machine());
            } catch (AssertionError | RuntimeException difference) {
                throw new AssertionError(
                        "-Dtidemark.seed=" + seed + " after " + String.join("\n  ", trace) + "\n"
                                + difference.getMessage(),
                        difference);
            }
            world = unpacked(layout, taken.after());
        }
        return sent;
    }

    /** Through the packed form, as the search does it. */
    private static World unpacked(Layout layout, World after) {
        long[] packed = new long[layout.words];
        layout.requireFit(after.v);
        after.pack(packed);
        World world = new World(layout);
        world.unpack(packed);
        return world;
    }

    /**
     * Gateways and jobs get on, guests write now and then. A fault is rare, so that it meets something, and no kind of fault is
     * rarer than another.
     */
    private static Taken choose(World world, List<Taken> possible, Random dice) {
        int faults = world.layout.faults;
        Map<Boolean, List<Taken>> parted = possible.stream()
                .collect(Collectors.partitioningBy(taken -> taken.after().v[faults] > world.v[faults]));
        List<Taken> faulty = parted.getOrDefault(true, List.of());
        List<Taken> fair = parted.getOrDefault(false, List.of());
        if (fair.isEmpty() || (!faulty.isEmpty() && dice.nextInt(100) < FAULT_PERCENT)) {
            List<Action> kinds = faulty.stream().map(Taken::action).distinct().toList();
            Action kind = kinds.get(dice.nextInt(kinds.size()));
            List<Taken> alike =
                    faulty.stream().filter(taken -> taken.action() == kind).toList();
            return alike.get(dice.nextInt(alike.size()));
        }
        Taken taken = fair.get(dice.nextInt(fair.size()));
        for (int again = 0; again < 3 && isIdle(taken.action()); again++) {
            taken = fair.get(dice.nextInt(fair.size()));
        }
        return taken;
    }

    private static boolean isIdle(Action action) {
        return action == Action.GUEST_WRITES || action == Action.REST || action == Action.ASK_FOR_ABORT;
    }

    private static void compare(Layout layout, World w, Machine machine) {
        for (int c = 0; c < w.checkpoints; c++) {
            Optional<Checkpoint> live = machine.checkpoint(Shadow.checkpoint(c));
            String state = live.map(one -> one.state().name())
                    .orElse(machine.retired().contains(Shadow.checkpoint(c)) ? "RETIRED" : "UNUSED");
            assertThat(List.of("UNUSED", "REQUESTED", "CREATED", "DELETING", "RETIRED")
                            .get(w.v[layout.checkpoint + c]))
                    .as("checkpoint %d", c)
                    .isEqualTo(state);
        }
        for (int number = 0; number < w.disks; number++) {
            Disk disk = machine.disk(Shadow.disk(number)).orElseThrow();
            for (int c = 0; c < w.checkpoints; c++) {
                assertThat(w.is(layout.chain + number, c))
                        .as("checkpoint %d in the chain of disk %d", c, number)
                        .isEqualTo(disk.indexOf(Shadow.checkpoint(c)) >= 0);
                assertThat(w.is(layout.unwanted + number, c))
                        .as("checkpoint %d unwanted on disk %d", c, number)
                        .isEqualTo(disk.unwanted().contains(Shadow.checkpoint(c)));
                assertThat(w.is(layout.base + number, c))
                        .as("base %d of disk %d", c, number)
                        .isEqualTo(isBase(machine, disk, c, w.is(layout.far, c)));
            }
        }
        assertThat(pending(layout, w)).as("pending").isEqualTo(pending(machine));
    }

    private static boolean isBase(Machine machine, Disk disk, int c, boolean far) {
        return machine.bases().stream()
                .anyMatch(base -> base.repository().equals(Shadow.repository(far))
                        && base.checkpoint().equals(Shadow.checkpoint(c))
                        && base.disks().contains(disk.name()));
    }

    private static String pending(Layout layout, World w) {
        int subject = w.v[layout.subject];
        return switch (w.v[layout.kind]) {
            case World.CREATE -> "create " + subject;
            case World.DELETE -> "delete " + subject;
            case World.BACK_UP -> {
                List<Integer> plan = new ArrayList<>();
                for (int disk = 0; disk < w.disks; disk++) {
                    plan.add(w.v[layout.plan + disk] - 1);
                }
                yield "back up " + subject + " started " + (w.v[layout.started] == 1) + " abort "
                        + (w.v[layout.abort] == 1) + " since " + plan;
            }
            default -> "nothing";
        };
    }

    private static String pending(Machine machine) {
        return switch (machine.pending().orElse(null)) {
            case null -> "nothing";
            case Pending.Creation creation ->
                "create " + number(creation.checkpoint().value());
            case Pending.Deletion deletion ->
                "delete " + number(deletion.checkpoint().value());
            case Pending.Backup backup -> {
                List<Integer> plan = new ArrayList<>();
                for (DiskPlan disk : backup.plan()) {
                    plan.add(disk.since().map(since -> number(since.value())).orElse(-1));
                }
                yield "back up " + number(backup.checkpoint().orElseThrow().id().value()) + " started "
                        + backup.started() + " abort " + backup.abort() + " since " + plan;
            }
        };
    }

    private static int number(String checkpoint) {
        for (int c = 0; c < 3; c++) {
            if (Shadow.checkpoint(c).value().equals(checkpoint)) {
                return c;
            }
        }
        throw new AssertionError("no checkpoint of the model: " + checkpoint);
    }

    /** The model's transaction in the production's words. */
    private static Plan plan(Steps steps, World w, int gateway, OperationId operation) {
        int[] sent = new int[w.layout.flightLength];
        steps.gateway.plan(w, gateway, sent, 0);
        int c = sent[Layout.SENT_SUBJECT];
        List<Verb> verbs = new ArrayList<>();
        for (int disk = 0; disk < w.disks; disk++) {
            int part = Layout.SENT_PER_DISK + disk * Layout.SENT_DISK_LENGTH;
            String node = Shadow.node(disk);
            int previous = sent[part + Layout.SENT_PREVIOUS] - 1;
            if (sent[Layout.SENT_KIND] == World.DELETE) {
                if (sent[part + Layout.SENT_MERGE] != 0) {
                    delete(verbs, node, c, previous, sent[part + Layout.SENT_NEWEST] == 1, operation);
                }
                continue;
            }
            verbs.add(new Verb.AddBitmap(node, name(c)));
            if (previous >= 0) {
                verbs.add(new Verb.DisableBitmap(node, name(previous)));
            }
            if (sent[Layout.SENT_KIND] == World.BACK_UP) {
                backUp(verbs, node, disk, sent[part + Layout.SENT_MERGE], operation);
            }
        }
        return new Plan(verbs);
    }

    private static void delete(
            List<Verb> verbs, String node, int c, int previous, boolean newest, OperationId operation) {
        if (previous >= 0) {
            verbs.add(new Verb.MergeBitmaps(node, name(previous), List.of(name(c))));
            if (newest) {
                verbs.add(new Verb.EnableBitmap(node, name(previous)));
            }
            verbs.add(new Verb.AddTemporaryBitmap(node, BitmapName.temporary(operation)));
        }
        verbs.add(new Verb.RemoveBitmap(node, name(c)));
    }

    private static void backUp(List<Verb> verbs, String node, int disk, int merge, OperationId operation) {
        Optional<String> marks = Optional.empty();
        if (merge != 0) {
            String temporary = BitmapName.temporary(operation);
            List<String> sources = new ArrayList<>();
            for (int c = 0; c < Integer.SIZE; c++) {
                if ((merge >> c & 1) == 1) {
                    sources.add(name(c));
                }
            }
            verbs.add(new Verb.AddTemporaryBitmap(node, temporary));
            verbs.add(new Verb.MergeBitmaps(node, temporary, sources));
            marks = Optional.of(temporary);
        }
        verbs.add(new Verb.StartBackup(
                node,
                QemuNames.job(operation, disk),
                QemuNames.targetNode(operation, disk),
                marks,
                OptionalLong.empty(),
                false));
    }

    private static String name(int c) {
        return BitmapName.of(Shadow.checkpoint(c)).value();
    }
}
