package dev.tidemark.gateway.act;

import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapDisable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapEnable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapMerge;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapRemove;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One thing that a transaction does to one node. There is no verb that clears a bitmap, and none that renames one (hazards
 * S2, S7).
 */
public sealed interface Verb {
    /** The node that it is done to. */
    String node();

    /** What is said to QEMU. */
    TransactionAction action();

    /** Adds a bitmap that is kept in the image and records from this moment. */
    record AddBitmap(String node, String name) implements Verb {
        @Override
        public TransactionAction action() {
            return new BitmapAdd(node, name, true, false, OptionalLong.empty());
        }
    }

    /** Adds the one granule that a canary marks to a new bitmap. */
    record MergeCanary(String node, String target, String canaryNode, String canary) implements Verb {
        @Override
        public TransactionAction action() {
            return new BitmapMerge(node, target, List.of(BitmapSource.on(canaryNode, canary)));
        }
    }

    /** Adds an empty bitmap that records nothing and is gone when QEMU ends: something to merge into. */
    record AddTemporaryBitmap(String node, String name) implements Verb {
        @Override
        public TransactionAction action() {
            return new BitmapAdd(node, name, false, true, OptionalLong.empty());
        }
    }

    /** Stops a bitmap from recording. */
    record DisableBitmap(String node, String name) implements Verb {
        @Override
        public TransactionAction action() {
            return new BitmapDisable(node, name);
        }
    }

    /** Lets a bitmap record. */
    record EnableBitmap(String node, String name) implements Verb {
        @Override
        public TransactionAction action() {
            return new BitmapEnable(node, name);
        }
    }

    /** Adds the bits of the sources to the target. An empty list of sources would kill QEMU 7.2 (hazards §1). */
    record MergeBitmaps(String node, String target, List<String> sources) implements Verb {
        public MergeBitmaps {
            sources = List.copyOf(sources);
            if (sources.isEmpty()) {
                throw new IllegalArgumentException("nothing to merge into " + target);
            }
        }

        @Override
        public TransactionAction action() {
            return new BitmapMerge(
                    node, target, sources.stream().map(BitmapSource::of).toList());
        }
    }

    /** Removes a bitmap. */
    record RemoveBitmap(String node, String name) implements Verb {
        @Override
        public TransactionAction action() {
            return new BitmapRemove(node, name);
        }
    }

    /** Starts a job that keeps in the target what is about to be overwritten on the node. */
    record StartFleecing(String node, String job, String target) implements Verb {
        @Override
        public TransactionAction action() {
            return new BlockdevBackup(
                    job, node, target, new Sync.None(), OptionalLong.empty(), false, OptionalInt.empty());
        }
    }

    /** Starts a job that copies the node to the target: what the bitmap marks, or everything without one. */
    record StartBackup(
            String node,
            String job,
            String target,
            Optional<String> bitmap,
            OptionalLong bytesPerSecondMax,
            boolean compress)
            implements Verb {
        @Override
        public TransactionAction action() {
            Sync sync = bitmap.<Sync>map(Sync.Bitmap::new).orElseGet(Sync.Full::new);
            return new BlockdevBackup(job, node, target, sync, bytesPerSecondMax, compress, OptionalInt.empty());
        }
    }
}
