package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that can be said to QEMU. Nothing else can be sent, because nothing else can be constructed: there is no
 * {@code quit}, no {@code system_*}, no {@code human-monitor-command}, no {@code block-dirty-bitmap-*} and no
 * {@code blockdev-backup} outside a transaction (hazards S2, S3), and no {@code block-dirty-bitmap-clear} at all.
 *
 * <p>Constructors throw {@link IllegalArgumentException} for what QEMU would refuse, misread or die of.
 */
public sealed interface QmpCommand {

    /** The command's name in QMP, for example {@code query-jobs}. */
    String wireName();

    /** The command's arguments; an empty object if there are none. The caller may change what it gets. */
    ObjectNode arguments();

    /** Questions without side effects. */
    enum Query implements QmpCommand {
        VERSION("query-version"),
        /** Not on qemu-storage-daemon (qemu-facts §10). */
        STATUS("query-status"),
        /** Not on qemu-storage-daemon. */
        NAME("query-name"),
        /** Not on qemu-storage-daemon. */
        UUID("query-uuid"),
        /** Not on qemu-storage-daemon. */
        KVM("query-kvm"),
        /** Not on qemu-storage-daemon; asks no processor, unlike {@code query-cpus} of old. */
        PROCESSORS("query-cpus-fast"),
        /** Not on qemu-storage-daemon. */
        MEMORY("query-memory-size-summary"),
        /** What {@code -machine} was resolved to. Of all that {@code qom-get} can read, this alone is asked. */
        MACHINE_TYPE("qom-get"),
        /** Always flat: nodes that no device uses are listed too (qemu-facts §2). */
        NAMED_BLOCK_NODES("query-named-block-nodes"),
        /** Answers {@code []} on qemu-storage-daemon. */
        BLOCK("query-block"),
        JOBS("query-jobs"),
        BLOCK_JOBS("query-block-jobs"),
        BLOCK_EXPORTS("query-block-exports"),
        /**
         * Which node is whose child; no stable query of 7.2 tells it (qemu-facts §2). In QEMU since 4.0, of no promise:
         * ask {@link #COMMANDS} first.
         */
        BLOCK_GRAPH("x-debug-query-block-graph"),
        /** What was made by {@code object-add}; QEMU refuses it while there has never been anything. */
        OBJECTS("qom-list"),
        COMMANDS("query-commands"),
        QMP_SCHEMA("query-qmp-schema");

        private final String wireName;

        Query(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = JsonNodeFactory.instance.objectNode();
            return switch (this) {
                case NAMED_BLOCK_NODES -> arguments.put("flat", true);
                case OBJECTS -> arguments.put("path", "/objects");
                case MACHINE_TYPE -> arguments.put("path", "/machine").put("property", "type");
                default -> arguments;
            };
        }
    }

    /**
     * Opens a block node.
     *
     * @param options the {@code BlockdevOptions} of QEMU; {@code driver} and {@code node-name} are required. Which files
     *     they may name is the caller's to check
     */
    record BlockdevAdd(JsonNode options) implements QmpCommand {
        public BlockdevAdd {
            if (!options.isObject()) {
                throw new IllegalArgumentException("blockdev-add needs an object, not " + options.getNodeType());
            }
            for (String member : new String[] {"driver", "node-name"}) {
                JsonNode value = options.get(member);
                if (value == null || !value.isString()) {
                    throw new IllegalArgumentException("blockdev-add needs a string '" + member + "'");
                }
                WireText.require(value.stringValue(), member);
            }
            options = options.deepCopy();
        }

        @Override
        public String wireName() {
            return "blockdev-add";
        }

        @Override
        public ObjectNode arguments() {
            return (ObjectNode) options.deepCopy();
        }
    }

    /**
     * Opens a qcow2 node again, or a raw one, read-only, on the same children. That flushes it and answers with an error if the flush
     * fails, where {@code blockdev-del} tells such an error to nobody but stderr.
     *
     * @param file the node-name of its file
     * @param backing the node-name of its backing layer, if it has one
     * @param rawSize how many bytes of its file it shows, if it is a raw one
     * @param secret the object that held the key when it was opened, if it is encrypted; it need not be there any more
     */
    record BlockdevReopenReadOnly(
            String nodeName, String file, Optional<String> backing, OptionalLong rawSize, Optional<String> secret)
            implements QmpCommand {
        /** Of a qcow2 node that is not encrypted. */
        public BlockdevReopenReadOnly(String nodeName, String file, Optional<String> backing) {
            this(nodeName, file, backing, OptionalLong.empty(), Optional.empty());
        }

        public BlockdevReopenReadOnly {
            if (rawSize.isPresent() && (backing.isPresent() || secret.isPresent() || rawSize.getAsLong() < 0)) {
                throw new IllegalArgumentException("a raw node has a size, no key, and nothing below it");
            }
            secret.ifPresent(WireText::requireJobId);
            WireText.require(nodeName, "node-name");
            WireText.require(file, "file");
            backing.ifPresent(name -> WireText.require(name, "backing"));
        }

        @Override
        public String wireName() {
            return "blockdev-reopen";
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = JsonNodeFactory.instance.objectNode();
            ObjectNode options = arguments.putArray("options").addObject();
            options.put("driver", rawSize.isPresent() ? "raw" : "qcow2")
                    .put("node-name", nodeName)
                    .put("read-only", true)
                    .put("file", file);
            rawSize.ifPresent(size -> options.put("size", size));
            backing.ifPresent(name -> options.put("backing", name));
            secret.ifPresent(
                    id -> options.putObject("encrypt").put("format", "luks").put("key-secret", id));
            return arguments;
        }
    }

    /**
     * Copies a node to another one of the same size, and then goes on copying what is written until it is cancelled. Its job
     * dismisses itself. Only for nodes of ours: nothing of it is told, and a completed one takes its source's place.
     */
    record BlockdevMirror(String jobId, String device, String target) implements QmpCommand {
        public BlockdevMirror {
            WireText.requireJobId(jobId);
            WireText.require(device, "device");
            WireText.require(target, "target node");
        }

        @Override
        public String wireName() {
            return "blockdev-mirror";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("job-id", jobId)
                    .put("device", device)
                    .put("target", target)
                    .put("sync", "full");
        }
    }

    /** Closes a block node. QEMU refuses it while anything uses the node. */
    record BlockdevDel(String nodeName) implements QmpCommand {
        public BlockdevDel {
            WireText.require(nodeName, "node-name");
        }

        @Override
        public String wireName() {
            return "blockdev-del";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode().put("node-name", nodeName);
        }
    }

    /**
     * Ends an export. It has ended only when {@code query-block-exports} no longer lists it.
     *
     * @param hard even while a client is connected, which then sees EIO (qemu-facts §5)
     */
    record BlockExportDel(String exportId, boolean hard) implements QmpCommand {
        public BlockExportDel {
            WireText.require(exportId, "export id");
        }

        @Override
        public String wireName() {
            return "block-export-del";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode().put("id", exportId).put("mode", hard ? "hard" : "safe");
        }
    }

    /**
     * Starts QEMU's one NBD server. QEMU refuses it while there is one already.
     *
     * @param credentials the id of those that clients are asked for
     */
    record NbdServerStart(NbdListening listening, Optional<String> credentials) implements QmpCommand {
        public NbdServerStart {
            credentials.ifPresent(WireText::requireJobId);
        }

        @Override
        public String wireName() {
            return "nbd-server-start";
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = JsonNodeFactory.instance.objectNode();
            arguments.set("addr", listening.address());
            credentials.ifPresent(id -> arguments.put("tls-creds", id));
            return arguments;
        }
    }

    /**
     * Makes QEMU read the keys of a server from a directory: certificates, where each client has to show one too, or keys that are
     * shared with clients. No key passes here.
     */
    record CredentialsAdd(String id, String directory, boolean shared) implements QmpCommand {
        public CredentialsAdd {
            WireText.requireJobId(id);
            WireText.require(directory, "directory");
        }

        @Override
        public String wireName() {
            return "object-add";
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = JsonNodeFactory.instance
                    .objectNode()
                    .put("qom-type", shared ? "tls-creds-psk" : "tls-creds-x509")
                    .put("id", id)
                    .put("endpoint", "server")
                    .put("dir", directory);
            return shared ? arguments : arguments.put("verify-peer", true);
        }
    }

    /** Makes QEMU read the key of an encrypted image from a file. No key passes here. */
    record SecretAdd(String id, String file) implements QmpCommand {
        public SecretAdd {
            WireText.requireJobId(id);
            WireText.require(file, "file");
        }

        @Override
        public String wireName() {
            return "object-add";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("qom-type", "secret")
                    .put("id", id)
                    .put("file", file);
        }
    }

    /** Makes QEMU forget keys. */
    record CredentialsDel(String id) implements QmpCommand {
        public CredentialsDel {
            WireText.requireJobId(id);
        }

        @Override
        public String wireName() {
            return "object-del";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode().put("id", id);
        }
    }

    /** Stops QEMU's NBD server, and with it every export, whoever made it: look first. */
    record NbdServerStop() implements QmpCommand {
        @Override
        public String wireName() {
            return "nbd-server-stop";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    /**
     * Lets clients of the NBD server read a node.
     *
     * @param bitmap what they are told to be dirty: a disabled bitmap of the node or of one below
     */
    record BlockExportAdd(String exportId, String nodeName, String name, Optional<BitmapSource> bitmap)
            implements QmpCommand {
        public BlockExportAdd {
            WireText.requireJobId(exportId);
            WireText.require(nodeName, "node-name");
            WireText.require(name, "export name");
        }

        @Override
        public String wireName() {
            return "block-export-add";
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = JsonNodeFactory.instance
                    .objectNode()
                    .put("type", "nbd")
                    .put("id", exportId)
                    .put("node-name", nodeName)
                    .put("name", name)
                    .put("writable", false);
            bitmap.ifPresent(source -> {
                ObjectNode named = arguments.putArray("bitmaps").addObject();
                source.node().ifPresent(node -> named.put("node", node));
                named.put("name", source.name());
            });
            return arguments;
        }
    }

    /** Asks a job to stop. It has stopped only when {@code query-jobs} says {@code concluded}. */
    record JobCancel(String jobId) implements QmpCommand {
        public JobCancel {
            WireText.requireJobId(jobId);
        }

        @Override
        public String wireName() {
            return "job-cancel";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode().put("id", jobId);
        }
    }

    /** Forgets a concluded job, and with it the only evidence of how it ended: record that first. */
    record JobDismiss(String jobId) implements QmpCommand {
        public JobDismiss {
            WireText.requireJobId(jobId);
        }

        @Override
        public String wireName() {
            return "job-dismiss";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode().put("id", jobId);
        }
    }

    /**
     * Limits a job's speed.
     *
     * @param bytesPerSecond 0 means unlimited
     */
    record BlockJobSetSpeed(String jobId, long bytesPerSecond) implements QmpCommand {
        public BlockJobSetSpeed {
            WireText.requireJobId(jobId);
            if (bytesPerSecond < 0) {
                throw new IllegalArgumentException("a speed cannot be negative: " + bytesPerSecond);
            }
        }

        @Override
        public String wireName() {
            return "block-job-set-speed";
        }

        @Override
        public ObjectNode arguments() {
            return JsonNodeFactory.instance.objectNode().put("device", jobId).put("speed", bytesPerSecond);
        }
    }

    /** All actions at one moment, or none of them (qemu-facts §3). */
    record Transaction(List<TransactionAction> actions) implements QmpCommand {
        public Transaction {
            actions = List.copyOf(actions);
            if (actions.isEmpty()) {
                throw new IllegalArgumentException("a transaction needs at least one action");
            }
        }

        @Override
        public String wireName() {
            return "transaction";
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = JsonNodeFactory.instance.objectNode();
            var list = arguments.putArray("actions");
            for (TransactionAction action : actions) {
                ObjectNode entry = list.addObject();
                entry.put("type", action.wireName());
                entry.set("data", action.data());
            }
            return arguments;
        }
    }
}
