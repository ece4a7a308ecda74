package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.model.ModelFaults;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Both sides, told the same, compared after each step. */
final class Comparison {
    private static final int STEPS = 40;

    /** What was done, and where the sides parted, if they did. */
    record Run(List<Step> steps, Optional<Difference> difference) {}

    private final ModelFaults faults;

    Comparison(ModelFaults faults) {
        this.faults = faults;
    }

    /** A random sequence. */
    Run random(long seed) {
        ModelSide model = new ModelSide(faults);
        Generator generator = new Generator(seed, model);
        List<Step> steps = new ArrayList<>();
        try (RealSide real = new RealSide()) {
            while (steps.size() < STEPS) {
                Step step = generator.next();
                steps.add(step);
                Optional<Difference> difference =
                        take(model, real, steps.size() - 1, step, steps.size() == STEPS, generator);
                if (difference.isPresent()) {
                    return new Run(steps, difference);
                }
            }
        }
        return new Run(steps, Optional.empty());
    }

    /** Whether a sequence tells this model from a faithful one: asked without a daemon, and so a thousand times as fast. */
    boolean isTold(long seed) {
        ModelSide model = new ModelSide(faults);
        ModelSide faithful = new ModelSide(ModelFaults.NONE);
        Generator generator = new Generator(seed, model);
        for (int index = 0; index < STEPS; index++) {
            Step step = generator.next();
            if (isPassedOver(model, step)) {
                continue;
            }
            boolean succeeded = faithful.take(step);
            if (model.take(step) != succeeded) {
                return true;
            }
            generator.done(step, succeeded);
            boolean last = index == STEPS - 1;
            boolean digests = last || worthDigests(step);
            if (!model.state(digests).equals(faithful.state(digests))) {
                return true;
            }
            for (String node : last || worthReading(step) ? model.readable() : List.<String>of()) {
                if (!Arrays.equals(model.read(node), faithful.read(node))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A given sequence. */
    Run replay(List<Step> steps) {
        ModelSide model = new ModelSide(faults);
        try (RealSide real = new RealSide()) {
            for (int index = 0; index < steps.size(); index++) {
                Optional<Difference> difference =
                        take(model, real, index, steps.get(index), index == steps.size() - 1, null);
                if (difference.isPresent()) {
                    return new Run(steps.subList(0, index + 1), difference);
                }
            }
        }
        return new Run(steps, Optional.empty());
    }

    private Optional<Difference> take(
            ModelSide model,
            RealSide real,
            int index,
            Step step,
            boolean last,
            @org.jspecify.annotations.Nullable Generator generator) {
        if (isPassedOver(model, step)) {
            return Optional.empty();
        }
        boolean modelSays = model.take(step);
        boolean realSays;
        try {
            realSays = real.take(step);
        } catch (java.io.UncheckedIOException | AssertionError failure) {
            return different(index, step, "success: model " + modelSays, "real: " + failure + ": " + real.output());
        }
        if (generator != null) {
            generator.done(step, realSays);
        }
        if (modelSays != realSays) {
            return different(index, step, "success: model " + modelSays, "real " + realSays + " " + real.lastRefusal());
        }
        real.awaitEnd(model.concluded());
        boolean digests = last || worthDigests(step);
        State expected = model.state(digests);
        State seen = real.state(digests);
        if (!expected.equals(seen)) {
            return different(index, step, "model " + expected, "real  " + seen);
        }
        if (last || worthReading(step)) {
            for (String node : model.readable()) {
                long[] modelReads = model.read(node);
                long[] realReads = real.read(node);
                if (!Arrays.equals(modelReads, realReads)) {
                    return different(
                            index,
                            step,
                            node + " model " + Arrays.toString(modelReads),
                            node + " real  " + Arrays.toString(realReads));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isPassedOver(ModelSide model, Step step) {
        return (step instanceof Step.CreateImage(String file, int cells) && model.isOpen(file))
                || model.mayKill(step)
                || model.changesLengthBelow(step)
                || recordsFailures(step);
    }

    /**
     * Whether it puts a bitmap on the node that fails all writes. QEMU 7.2 marks what it could not write, too, and how much of a
     * job that is depends on how many of its requests were under way when the first failed; no promise, and no miss.
     */
    private static boolean recordsFailures(Step step) {
        List<ModelAction> actions = switch (step) {
            case Step.Alone(ModelAction action) -> List.of(action);
            case Step.Transact(List<ModelAction> all) -> all;
            default -> List.of();
        };
        return actions.stream()
                .anyMatch(action -> action instanceof ModelAction.Said(BitmapAdd add)
                        && add.node().equals(QmpText.BROKEN));
    }

    private static boolean worthDigests(Step step) {
        return !(step instanceof Step.Guest || step instanceof Step.CreateImage);
    }

    private static boolean worthReading(Step step) {
        return step instanceof Step.Resize || step instanceof Step.FinishJob || step instanceof Step.Restart;
    }

    private static Optional<Difference> different(int index, Step step, String model, String real) {
        return Optional.of(new Difference(index, step, model + "\n  " + real));
    }
}
