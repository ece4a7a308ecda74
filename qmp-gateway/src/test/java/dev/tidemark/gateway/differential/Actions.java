package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapDisable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapEnable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapMerge;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapRemove;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** Chooses what a transaction holds. */
final class Actions {
    private static final List<String> NAMES = List.of("v", "w", "x", "y", "z");
    private static final long[] GRANULARITIES = {4096, 16_384, 32_768, 65_536, 131_072, 262_144};

    private final SplittableRandom random;
    private final ModelSide model;

    Actions(SplittableRandom random, ModelSide model) {
        this.random = random;
        this.model = model;
    }

    /** Mostly a disk's top node; sometimes any; seldom one that is not there. */
    String node() {
        int dice = random.nextInt(100);
        if (dice < 75) {
            String disk = random.nextBoolean() ? "a" : "b";
            return model.daemon.exportedNode("e-" + disk).orElse(disk);
        }
        List<String> open = model.daemon.nodeNames();
        return dice < 98 && !open.isEmpty() ? open.get(random.nextInt(open.size())) : "nowhere";
    }

    /** Mostly one that is there. */
    String bitmap(String node) {
        List<String> there = model.bitmapNames(node);
        return chance(88) && !there.isEmpty()
                ? there.get(random.nextInt(there.size()))
                : NAMES.get(random.nextInt(NAMES.size()));
    }

    ModelAction bitmapAction(String node) {
        List<String> there = model.bitmapNames(node);
        int dice = random.nextInt(100);
        if (dice < (there.size() < 3 ? 50 : 15)) {
            return add(node, NAMES.get(random.nextInt(NAMES.size())), chance(75), chance(20));
        }
        if (dice < 62) {
            return said(new BitmapDisable(node, bitmap(node)));
        }
        if (dice < 68) {
            return said(new BitmapEnable(node, bitmap(node)));
        }
        if (dice < 78) {
            return said(new BitmapRemove(node, bitmap(node)));
        }
        return dice < 82 ? new ModelAction.BitmapClear(node, bitmap(node)) : merge(node, bitmap(node));
    }

    List<ModelAction> several() {
        List<ModelAction> actions = new ArrayList<>();
        int count = 1 + random.nextInt(5);
        for (int index = 0; index < count; index++) {
            actions.add(bitmapAction(node()));
        }
        if (chance(15)) {
            actions.add(random.nextInt(actions.size() + 1), new ModelAction.Abort());
        }
        return actions;
    }

    /** A backup alone, or as production starts one: a new bitmap takes over, and a union is what is copied. */
    List<ModelAction> backup(String source, String target, String job) {
        List<ModelAction> actions = new ArrayList<>();
        int dice = random.nextInt(100);
        Sync sync = dice < 35 ? new Sync.Full() : dice < 50 ? new Sync.None() : new Sync.Bitmap(bitmap(source));
        if (chance(60)) {
            actions.add(add(source, NAMES.get(random.nextInt(NAMES.size())), true, false));
            actions.add(said(new BitmapDisable(source, bitmap(source))));
        }
        if (sync instanceof Sync.Bitmap && chance(60)) {
            String temporary = "tmp" + random.nextInt(3);
            actions.add(said(new BitmapAdd(source, temporary, false, true, OptionalLong.empty())));
            actions.add(merge(source, temporary));
            sync = new Sync.Bitmap(temporary);
        }
        actions.add(
                said(new BlockdevBackup(job, source, target, sync, OptionalLong.empty(), false, OptionalInt.empty())));
        if (chance(10)) {
            actions.add(bitmapAction(source));
        }
        return actions;
    }

    /** The bitmaps go on in the overlay, some of them. */
    List<ModelAction> afterSnapshot(String node, String overlay) {
        List<ModelAction> actions = new ArrayList<>();
        actions.add(add(overlay, chance(70) ? bitmap(node) : NAMES.getFirst(), true, false));
        if (chance(30)) {
            actions.add(bitmapAction(chance(50) ? node : overlay));
        }
        if (chance(10)) {
            actions.add(new ModelAction.Abort());
        }
        return actions;
    }

    private ModelAction add(String node, String name, boolean persistent, boolean disabled) {
        OptionalLong granularity = chance(55)
                ? OptionalLong.empty()
                : OptionalLong.of(GRANULARITIES[random.nextInt(GRANULARITIES.length)]);
        return said(new BitmapAdd(node, name, persistent, disabled, granularity));
    }

    private ModelAction merge(String node, String target) {
        List<BitmapSource> sources = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int index = 0; index < count; index++) {
            String from = chance(75) ? node : node();
            sources.add(new BitmapSource(
                    chance(75) && from.equals(node) ? Optional.empty() : Optional.of(from), bitmap(from)));
        }
        return said(new BitmapMerge(node, target, sources));
    }

    private static ModelAction said(TransactionAction action) {
        return new ModelAction.Said(action);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
