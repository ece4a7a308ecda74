package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.differential.Step.Ending;
import dev.tidemark.gateway.differential.Step.Input;
import dev.tidemark.gateway.model.ModelAction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Chooses steps: most of them possible, some of them not. It looks at the model for what is there, so that a sequence gets
 * somewhere; the model's answers are judged by the real daemon all the same.
 */
final class Generator {
    private static final int[] SIZES = {24, 30, 40, 41, 64};

    private final SplittableRandom random;
    private final ModelSide model;
    private final Actions actions;
    private final Deque<Step> due = new ArrayDeque<>();
    /** Which layer was put on which; an image file does not tell. */
    private final Map<String, String> belowOverlay = new HashMap<>();

    private final Map<String, Integer> sizes = new HashMap<>();
    private int jobs;

    Generator(long seed, ModelSide model) {
        this.random = new SplittableRandom(seed);
        this.model = model;
        this.actions = new Actions(random, model);
        for (String disk : List.of("a", "b")) {
            int cells = oneOf(SIZES);
            for (String file : List.of(disk, disk + "1", disk + "2")) {
                sizes.put(file, cells);
                due.add(new Step.CreateImage(file, chance(10) && file.length() > 1 ? oneOf(SIZES) : cells));
            }
        }
        reopen();
    }

    Step next() {
        Step step = due.isEmpty() ? choose() : due.remove();
        if (step instanceof Step.Restart) {
            due.clear();
            reopen();
        }
        return step;
    }

    /** Tells it how the step went. */
    void done(Step step, boolean succeeded) {
        if (succeeded) {
            switch (step) {
                case Step.Alone(ModelAction.Snapshot(String node, String overlay)) -> belowOverlay.put(overlay, node);
                case Step.Transact(List<ModelAction> all) -> {
                    for (ModelAction action : all) {
                        if (action instanceof ModelAction.Snapshot(String node, String overlay)) {
                            belowOverlay.put(overlay, node);
                        }
                    }
                }
                case Step.Resize(String node, int cells) -> sizes.put(node, cells);
                default -> {}
            }
        }
    }

    private Step choose() {
        int dice = random.nextInt(100);
        if (dice < 30) {
            return guest();
        }
        if (dice < 52) {
            return new Step.Alone(actions.bitmapAction(actions.node()));
        }
        if (dice < 66) {
            return new Step.Transact(actions.several());
        }
        if (dice < 75) {
            return startBackup();
        }
        if (dice < 82) {
            return jobStep();
        }
        if (dice < 86) {
            return export();
        }
        if (dice < 89) {
            return resize();
        }
        if (dice < 92) {
            return snapshot();
        }
        if (dice < 94) {
            return reopenNode();
        }
        if (dice < 95) {
            return new Step.Close(actions.node());
        }
        return restart();
    }

    private Step guest() {
        String export = chance(97) ? oneOf("e-a", "e-b") : "e-c";
        int cells = model.daemon.exportedNode(export).map(model::cells).orElse(10);
        int first = random.nextInt(cells);
        int count = chance(50) ? 1 : 1 + random.nextInt(cells - first);
        int dice = random.nextInt(10);
        Input input = dice < 7 ? Input.WRITE : dice < 8 ? Input.ZERO : Input.DISCARD;
        return new Step.Guest(input, export, first, count, chance(95) ? 1 + random.nextInt(100) : 0);
    }

    private Step startBackup() {
        String source = actions.node();
        String target = chance(80) ? (source.startsWith("b") ? "t1" : "t0") : oneOf("t0", "t1", "bad", "null", "b");
        String job = chance(90) ? "job" + ++jobs : "job" + jobs;
        List<ModelAction> all = actions.backup(source, target, job);
        if (target.startsWith("t") && !model.daemon.isOpen(target)) {
            due.add(all.size() == 1 ? new Step.Alone(all.getFirst()) : new Step.Transact(all));
            due.addFirst(new Step.OpenImage(target, target, false, Optional.empty()));
            int cells = model.daemon.isOpen(source) ? model.cells(source) : 24;
            return new Step.CreateImage(target, chance(95) ? cells : cells - 1);
        }
        return all.size() == 1 ? new Step.Alone(all.getFirst()) : new Step.Transact(all);
    }

    private Step jobStep() {
        List<String> known = new ArrayList<>(model.state(false).jobs().keySet());
        if (known.isEmpty()) {
            return guest();
        }
        String job = known.get(random.nextInt(known.size()));
        boolean ended = model.concluded().contains(job);
        int dice = random.nextInt(10);
        if (ended && dice < 8) {
            String target = oneOf("t0", "t1");
            due.add(new Step.Close(target));
            return new Step.DismissJob(job);
        }
        return dice < 6 ? new Step.FinishJob(job) : dice < 9 ? new Step.CancelJob(job) : new Step.DismissJob(job);
    }

    private Step export() {
        if (model.state(false).exports().contains("pull")) {
            return new Step.EndExport("pull");
        }
        String node = actions.node();
        List<String> bitmaps = new ArrayList<>(List.of(actions.bitmap(node)));
        if (chance(30)) {
            bitmaps.add(actions.bitmap(node));
        }
        return new Step.AddExport("pull", node, chance(10), bitmaps);
    }

    private Step resize() {
        String disk = oneOf("a", "b");
        String export = "e-" + disk;
        String node = model.daemon.exportedNode(export).orElse(disk);
        int old = model.daemon.isOpen(node) ? model.cells(node) : 30;
        Step resize = new Step.Resize(
                node,
                chance(60) ? Math.max(8, old - 1 - random.nextInt(14)) : Math.min(64, old + 1 + random.nextInt(14)));
        if (chance(90)) {
            due.add(resize);
            if (chance(40)) {
                due.add(new Step.Resize(node, old));
            }
            due.add(new Step.AddExport(export, node, true, List.of()));
            return new Step.EndExport(export);
        }
        return resize;
    }

    private Step snapshot() {
        String disk = oneOf("a", "b");
        String node = chance(90) ? model.daemon.exportedNode("e-" + disk).orElse(disk) : actions.node();
        String overlay = disk + (chance(80) && !node.equals(disk + "1") ? "1" : "2");
        List<ModelAction> all = new ArrayList<>(List.of(new ModelAction.Snapshot(node, overlay)));
        if (chance(60)) {
            all.addAll(actions.afterSnapshot(node, overlay));
        }
        Step step = new Step.Transact(all);
        if (!model.daemon.isOpen(overlay)) {
            due.add(step);
            return new Step.OpenImage(overlay, overlay, false, Optional.empty());
        }
        return step;
    }

    private Step reopenNode() {
        String node = actions.node();
        boolean readOnly = chance(60);
        if (readOnly && chance(80) && node.length() == 1) {
            due.add(new Step.Reopen(node, true));
            due.add(new Step.Alone(actions.bitmapAction(node)));
            due.add(new Step.Alone(actions.bitmapAction(node)));
            due.add(new Step.Reopen(node, false));
            due.add(new Step.AddExport("e-" + node, node, true, List.of()));
            return new Step.EndExport("e-" + node);
        }
        return new Step.Reopen(node, readOnly);
    }

    private Step restart() {
        Ending ending = oneOf(Ending.QUIT, Ending.QUIT, Ending.KILL, Ending.KILL, Ending.QUIT_WITHOUT_ROOM);
        Optional<String> aside = chance(25) ? Optional.of(oneOf("a", "b", "a1")) : Optional.empty();
        Optional<String> back = chance(15) ? Optional.of(oneOf("a", "b", "a1")) : Optional.empty();
        return new Step.Restart(ending, aside, back);
    }

    /** What a fresh process is told to open. */
    private void reopen() {
        boolean whole = chance(85);
        for (String disk : List.of("a", "b")) {
            List<String> layers = new ArrayList<>(List.of(disk));
            for (String overlay : List.of(disk + "1", disk + "2", disk + "1")) {
                if (layers.getLast().equals(belowOverlay.get(overlay))) {
                    layers.add(overlay);
                }
            }
            int wanted = whole ? layers.size() : 1 + random.nextInt(layers.size());
            for (int index = 0; index < wanted; index++) {
                boolean readOnly = chance(index < wanted - 1 ? 97 : 3);
                due.add(new Step.OpenImage(
                        layers.get(index),
                        layers.get(index),
                        readOnly,
                        index == 0 ? Optional.empty() : Optional.of(layers.get(index - 1))));
            }
            due.add(new Step.AddExport("e-" + disk, layers.get(wanted - 1), true, List.of()));
        }
        int cells = sizes.getOrDefault("a", 24);
        if (chance(25)) {
            due.add(new Step.OpenNull("null", cells, false));
            if (chance(60)) {
                int offset = random.nextInt(4);
                due.add(new Step.OpenPart("part", "null", offset, cells - offset - random.nextInt(4)));
            }
        }
        if (chance(10)) {
            due.add(new Step.OpenNull("bad", cells, true));
        }
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private int oneOf(int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @SafeVarargs
    private <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
