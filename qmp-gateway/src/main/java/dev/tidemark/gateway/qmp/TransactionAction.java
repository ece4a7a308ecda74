package dev.tidemark.gateway.qmp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a transaction may hold. {@code block-dirty-bitmap-clear} is missing on purpose (hazard S2), and a backup can
 * neither touch a bitmap (hazard S6) nor vanish before its result was read.
 */
public sealed interface TransactionAction {

    /** The action's type in QMP. */
    String wireName();

    /** The action's data; the caller may change what it gets. */
    ObjectNode data();

    /**
     * Adds a bitmap.
     *
     * @param node a node-name; a device id is not accepted by QEMU (qemu-facts §2)
     * @param granularityBytes a power of two, 512 … 2 GiB; empty means QEMU's default
     */
    record BitmapAdd(String node, String name, boolean persistent, boolean disabled, OptionalLong granularityBytes)
            implements TransactionAction {
        private static final long GRANULARITY_BYTES_MIN = 512;
        private static final long GRANULARITY_BYTES_MAX = 2L << 30;

        public BitmapAdd {
            WireText.require(node, "node");
            WireText.require(name, "bitmap name");
            if (granularityBytes.isPresent()) {
                long bytes = granularityBytes.getAsLong();
                if (bytes < GRANULARITY_BYTES_MIN || bytes > GRANULARITY_BYTES_MAX || Long.bitCount(bytes) != 1) {
                    throw new IllegalArgumentException(
                            "a granularity must be a power of two from 512 bytes to 2 GiB, is " + bytes);
                }
            }
        }

        @Override
        public String wireName() {
            return "block-dirty-bitmap-add";
        }

        @Override
        public ObjectNode data() {
            ObjectNode data = bitmapData(node, name);
            data.put("persistent", persistent);
            data.put("disabled", disabled);
            granularityBytes.ifPresent(bytes -> data.put("granularity", bytes));
            return data;
        }
    }

    /** Stops a bitmap from recording. Idempotent. */
    record BitmapDisable(String node, String name) implements TransactionAction {
        public BitmapDisable {
            WireText.require(node, "node");
            WireText.require(name, "bitmap name");
        }

        @Override
        public String wireName() {
            return "block-dirty-bitmap-disable";
        }

        @Override
        public ObjectNode data() {
            return bitmapData(node, name);
        }
    }

    /** Lets a bitmap record. Idempotent. */
    record BitmapEnable(String node, String name) implements TransactionAction {
        public BitmapEnable {
            WireText.require(node, "node");
            WireText.require(name, "bitmap name");
        }

        @Override
        public String wireName() {
            return "block-dirty-bitmap-enable";
        }

        @Override
        public ObjectNode data() {
            return bitmapData(node, name);
        }
    }

    /** Removes a bitmap, at the commit of the transaction: its name is not free within it (qemu-facts §3). */
    record BitmapRemove(String node, String name) implements TransactionAction {
        public BitmapRemove {
            WireText.require(node, "node");
            WireText.require(name, "bitmap name");
        }

        @Override
        public String wireName() {
            return "block-dirty-bitmap-remove";
        }

        @Override
        public ObjectNode data() {
            return bitmapData(node, name);
        }
    }

    /**
     * A bitmap to merge from.
     *
     * @param node where it lives, if that is another node than the target's
     */
    record BitmapSource(Optional<String> node, String name) {
        public BitmapSource {
            node.ifPresent(value -> WireText.require(value, "source node"));
            WireText.require(name, "source bitmap name");
        }

        /** A bitmap on the target's own node. */
        public static BitmapSource of(String name) {
            return new BitmapSource(Optional.empty(), name);
        }

        /** A bitmap on another node. */
        public static BitmapSource on(String node, String name) {
            return new BitmapSource(Optional.of(node), name);
        }
    }

    /**
     * Adds the bits of the sources to the target.
     *
     * @param sources never empty: an empty list kills qemu-storage-daemon 7.2 with SIGSEGV (hazards §1)
     */
    record BitmapMerge(String node, String target, List<BitmapSource> sources) implements TransactionAction {
        public BitmapMerge {
            WireText.require(node, "node");
            WireText.require(target, "target bitmap name");
            sources = List.copyOf(sources);
            if (sources.isEmpty()) {
                throw new IllegalArgumentException("merging no bitmaps into '" + target + "' would kill QEMU 7.2");
            }
        }

        @Override
        public String wireName() {
            return "block-dirty-bitmap-merge";
        }

        @Override
        public ObjectNode data() {
            ObjectNode data =
                    JsonNodeFactory.instance.objectNode().put("node", node).put("target", target);
            ArrayNode bitmaps = data.putArray("bitmaps");
            for (BitmapSource source : sources) {
                source.node()
                        .ifPresentOrElse(
                                other -> bitmaps.addObject().put("node", other).put("name", source.name()),
                                () -> bitmaps.add(source.name()));
            }
            return data;
        }
    }

    /** What a backup copies. */
    sealed interface Sync {
        /** Everything. */
        record Full() implements Sync {}

        /** Only what the guest is about to overwrite: a fleecing backup (qemu-facts §5 A). */
        record None() implements Sync {}

        /** What the bitmap marks. Its bits stay as they are: {@code bitmap-mode=never}, always (hazard S6). */
        record Bitmap(String name) implements Sync {
            public Bitmap {
                WireText.require(name, "bitmap name");
            }
        }
    }

    /**
     * Starts a backup job. It is kept after its end ({@code auto-dismiss=false}), so that its result can be queried.
     *
     * <p>{@code on-cbw-error} (QEMU 10.1) is never given. With {@code break-snapshot} a guest's write goes on where its old data
     * could not be kept, but nothing in the job asks for that: it copies what is there now and may end with success, and whoever
     * reads a fleecing target gets the new data (read in QEMU's source, not run: a snapshot-access node alone refuses).
     *
     * @param bytesPerSecond empty means unlimited
     * @param workersMax how many pieces are copied at once; empty leaves it to QEMU, and is what a QEMU understands that does not
     *     know {@code x-perf}
     */
    record BlockdevBackup(
            String jobId,
            String device,
            String target,
            Sync sync,
            OptionalLong bytesPerSecond,
            boolean compress,
            OptionalInt workersMax)
            implements TransactionAction {
        public BlockdevBackup {
            WireText.requireJobId(jobId);
            WireText.require(device, "device");
            WireText.require(target, "target node");
            if (bytesPerSecond.isPresent() && bytesPerSecond.getAsLong() < 0) {
                throw new IllegalArgumentException("a speed cannot be negative: " + bytesPerSecond.getAsLong());
            }
            if (workersMax.isPresent() && workersMax.getAsInt() < 1) {
                throw new IllegalArgumentException("nobody copies with " + workersMax.getAsInt() + " workers");
            }
        }

        /** The same with so many workers. */
        public BlockdevBackup withWorkers(int workers) {
            return new BlockdevBackup(jobId, device, target, sync, bytesPerSecond, compress, OptionalInt.of(workers));
        }

        @Override
        public String wireName() {
            return "blockdev-backup";
        }

        @Override
        public ObjectNode data() {
            ObjectNode data = JsonNodeFactory.instance
                    .objectNode()
                    .put("job-id", jobId)
                    .put("device", device)
                    .put("target", target);
            switch (sync) {
                case Sync.Full() -> data.put("sync", "full");
                case Sync.None() -> data.put("sync", "none");
                case Sync.Bitmap(String name) ->
                    data.put("sync", "bitmap").put("bitmap", name).put("bitmap-mode", "never");
            }
            bytesPerSecond.ifPresent(speed -> data.put("speed", speed));
            if (compress) {
                data.put("compress", true);
            }
            workersMax.ifPresent(workers -> data.putObject("x-perf").put("max-workers", workers));
            return data.put("auto-dismiss", false);
        }
    }

    private static ObjectNode bitmapData(String node, String name) {
        return JsonNodeFactory.instance.objectNode().put("node", node).put("name", name);
    }
}
