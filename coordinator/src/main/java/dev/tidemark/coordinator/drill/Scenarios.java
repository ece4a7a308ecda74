package dev.tidemark.coordinator.drill;

import dev.tidemark.schema.crash.CrashPoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Which scenarios there are, and which are played. */
final class Scenarios {
    /** So many of each workflow make the quick set: together they take less than three minutes on two processors. */
    private static final int QUICK_PER_WORKFLOW = 2;

    /** Of the workflows that are killed midway in every set, and of the end of one of them. */
    private static final int QUICK_BESIDES_MIDWAY = 1;

    /** A coordinator has 16 connections, and needs some for all that does not stand still. */
    private static final int TRANSACTIONS_HELD_MAX = 6;

    /** What must not be missed: killed in the midst of a backup, the next one is right without any hand. */
    static final String MIDWAY = "midway";

    private Scenarios() {}

    static List<Scenario> midway() {
        List<Scenario> midway = new ArrayList<>();
        for (Workflow workflow : Workflow.BACKUPS) {
            for (Victim victim : List.of(Victim.COORDINATOR, Victim.GATEWAY, Victim.QEMU)) {
                midway.add(new Scenario(workflow, new Moment(CrashPoint.JOBS_RUN, 1), Set.of(victim)));
            }
        }
        // Its jobs run while it waits for its client.
        for (Victim victim : List.of(Victim.COORDINATOR, Victim.GATEWAY)) {
            midway.add(new Scenario(Workflow.PULL, new Moment(CrashPoint.JOBS_RUN, 1), Set.of(victim)));
        }
        return midway;
    }

    /** Every moment of every workflow, with every subset of victims. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Workflow workflow : Workflow.values()) {
            for (Moment moment : workflow.moments()) {
                for (Set<Victim> victims : Victim.subsets()) {
                    all.add(new Scenario(workflow, moment, victims));
                }
            }
        }
        return all;
    }

    /** All, in an order of this seed: what a machine has gone through before differs from seed to seed. */
    static List<Scenario> all(long seed) {
        List<Scenario> all = all();
        Collections.shuffle(all, new Random(seed));
        return all;
    }

    /**
     * Every moment of every workflow, each with so many of the subsets, and what must not be missed. The subsets take turns, in
     * an order of the seed: all are used equally often, and other seeds give a moment other ones.
     */
    static List<Scenario> some(long seed, int subsetsPerMoment) {
        Random random = new Random(seed);
        List<Set<Victim>> subsets = new ArrayList<>(Victim.subsets());
        Collections.shuffle(subsets, random);
        List<Scenario> some = new ArrayList<>();
        for (Workflow workflow : Workflow.values()) {
            for (Moment moment : workflow.moments()) {
                for (int count = 0; count < subsetsPerMoment; count++) {
                    some.add(new Scenario(workflow, moment, subsets.get(some.size() % subsets.size())));
                }
            }
        }
        midway().stream().filter(scenario -> !some.contains(scenario)).forEach(some::add);
        Collections.shuffle(some, random);
        return some;
    }

    /**
     * The same, so that those of one batch can be played together, each on a machine of its own: the victims are the same, and
     * nobody stands still where others have to pass.
     */
    static List<List<Scenario>> batches(List<Scenario> scenarios, int size, long seed) {
        Map<Object, List<List<Scenario>>> open = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            Object together = scenario.moment().isShared()
                    ? List.of(scenario.victims(), scenario.moment().point())
                    : List.of(scenario.victims());
            List<List<Scenario>> batches = open.computeIfAbsent(together, key -> new ArrayList<>());
            Optional<List<Scenario>> room = batches.stream()
                    .filter(batch -> hasRoom(batch, scenario, size))
                    .findFirst();
            if (room.isEmpty()) {
                batches.add(new ArrayList<>());
            }
            room.orElseGet(batches::getLast).add(scenario);
        }
        List<List<Scenario>> batches = new ArrayList<>();
        open.values().forEach(batches::addAll);
        Collections.shuffle(batches, new Random(seed));
        return batches;
    }

    private static boolean hasRoom(List<Scenario> batch, Scenario scenario, int size) {
        long connections =
                batch.stream().filter(other -> other.moment().isInTransaction()).count();
        return batch.size() < size && (!scenario.moment().isInTransaction() || connections < TRANSACTIONS_HELD_MAX);
    }

    /** Some of each workflow, with every victim, which the seed decides; and what must not be missed. */
    static List<Scenario> quick(long seed) {
        Random random = new Random(seed);
        List<Scenario> quick = new ArrayList<>();
        List<Set<Victim>> subsets = new ArrayList<>(Victim.subsets());
        Collections.shuffle(subsets, random);
        for (Workflow workflow : Workflow.values()) {
            List<Moment> moments = new ArrayList<>(workflow.moments());
            Collections.shuffle(moments, random);
            boolean few = Workflow.BACKUPS.contains(workflow) || workflow.isPull();
            int count = few ? QUICK_BESIDES_MIDWAY : QUICK_PER_WORKFLOW;
            for (Moment moment : moments.subList(0, count)) {
                // Turn by turn, so that the subsets are used equally often: each victim is in eight of the fifteen.
                quick.add(new Scenario(workflow, moment, subsets.get(quick.size() % subsets.size())));
            }
        }
        midway().stream().filter(scenario -> !quick.contains(scenario)).forEach(quick::add);
        Collections.shuffle(quick, random);
        return quick;
    }
}
