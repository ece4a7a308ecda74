package dev.tidemark.coordinator.modelcheck;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Visits every state of a scope, the nearest first, so that the first broken invariant comes with its shortest trace. */
final class Search {
    /** What a search came to: {@code complete} if it visited all there is. */
    record Result(int states, long steps, int depth, boolean complete, Optional<Finding> finding) {}

    /** A broken invariant, and how to get there. */
    record Finding(Invariant invariant, List<String> trace) {
        Finding {
            trace = List.copyOf(trace);
        }

        @Override
        public String toString() {
            return invariant + ": " + invariant.meaning() + System.lineSeparator() + "  "
                    + String.join(System.lineSeparator() + "  ", trace);
        }
    }

    private final Layout layout;
    private final Bug bug;
    private final int statesMax;
    private final StateSet states;
    private final Steps steps;
    private final Tracking tracking;
    private long taken;
    private int breaking = -1;
    private String lastStep = "";
    private Optional<Invariant> broken = Optional.empty();

    Search(Scope scope, Bug bug, int statesMax) {
        this.layout = new Layout(scope);
        this.bug = bug;
        this.statesMax = statesMax;
        this.states = new StateSet(layout.words);
        this.steps = new Steps(layout, bug);
        this.tracking = new Tracking(layout, bug, steps.gateway);
    }

    Result run() {
        long[] packed = new long[layout.words];
        World world = World.first(layout);
        world.pack(packed);
        states.add(packed, -1);
        int levelEnd = 1;
        int depth = 0;
        int at = 0;
        for (; at < states.size() && states.size() < statesMax && broken.isEmpty(); at++) {
            if (at == levelEnd) {
                levelEnd = states.size();
                depth++;
            }
            states.get(at, packed);
            world.unpack(packed);
            int from = at;
            steps.from(world, (action, first, second, next) -> visit(from, action, first, second, next, packed));
        }
        boolean complete = at == states.size();
        if (broken.isEmpty()) {
            checkLiveness();
        }
        Optional<Finding> finding = broken.map(invariant -> new Finding(invariant, trace()));
        return new Result(states.size(), taken, depth, complete, finding);
    }

    private void visit(int from, Action action, int first, int second, World next, long[] packed) {
        taken++;
        if (broken.isPresent()) {
            return;
        }
        next.forget();
        if (next.broken == null) {
            tracking.judge(next);
        }
        if (next.broken != null) {
            broken = Optional.of(next.broken);
            breaking = from;
            lastStep = action.describe(first, second);
            return;
        }
        if ((taken & 0xFFFF) == 0) {
            layout.requireFit(next.v);
        }
        next.pack(packed);
        states.add(packed, from);
    }

    /** From each state the calm way is gone, until it is at rest or on a way that was gone before. */
    private void checkLiveness() {
        Calm calm = new Calm(layout, bug);
        BitSet restful = new BitSet(states.size());
        World world = new World(layout);
        long[] packed = new long[layout.words];
        int[] way = new int[Calm.STEPS_MAX + 1];
        for (int number = 0; number < states.size(); number++) {
            if (restful.get(number)) {
                continue;
            }
            states.get(number, packed);
            int length = 0;
            boolean atRest = false;
            for (int step = 0; step < Calm.STEPS_MAX; step++) {
                int known = states.find(packed);
                if (known >= 0 && restful.get(known)) {
                    atRest = true;
                    break;
                }
                if (known >= 0) {
                    way[length++] = known;
                }
                world.unpack(packed);
                if (!calm.step(world)) {
                    atRest = calm.isAtRest(world);
                    break;
                }
                world.forget();
                if (world.broken != null) {
                    break;
                }
                world.pack(packed);
            }
            if (!atRest) {
                broken = Optional.of(world.broken == null ? Invariant.I18_LIVENESS : world.broken);
                breaking = number;
                lastStep = "from here on no more faults";
                return;
            }
            for (int index = 0; index < length; index++) {
                restful.set(way[index]);
            }
        }
    }

    private List<String> trace() {
        List<Integer> way = new ArrayList<>();
        for (int at = breaking; at >= 0; at = states.parent(at)) {
            way.add(at);
        }
        Collections.reverse(way);
        List<String> lines = new ArrayList<>();
        for (int index = 1; index < way.size(); index++) {
            lines.add(name(way.get(index - 1), way.get(index)));
        }
        lines.add(lastStep);
        return lines;
    }

    private String name(int from, int to) {
        World world = new World(layout);
        long[] packed = new long[layout.words];
        long[] wanted = new long[layout.words];
        states.get(from, packed);
        states.get(to, wanted);
        world.unpack(packed);
        List<String> names = new ArrayList<>();
        steps.from(world, (action, first, second, next) -> {
            next.forget();
            next.pack(packed);
            if (names.isEmpty() && java.util.Arrays.equals(packed, wanted)) {
                names.add(action.describe(first, second));
            }
        });
        return names.getFirst();
    }
}
