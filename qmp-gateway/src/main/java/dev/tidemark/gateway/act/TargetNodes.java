package dev.tidemark.gateway.act;

import dev.tidemark.schema.id.OperationId;

/**
 * The nodes that one target is made of. What QEMU opens by name for writing is the file alone, of which it reads nothing until a format
 * driver stands on it; so whether that is the file that was made is seen before anything in it is believed.
 *
 * @param target what the job writes to
 * @param file what the target stands on, if it is a file or a device
 * @param lock shows nothing of the file, and makes QEMU lock it: a file on which no node stands is not locked
 */
public record TargetNodes(String target, String file, String lock) {
    /** Those of the operation's disk at this index. */
    public static TargetNodes of(OperationId operation, int index) {
        return new TargetNodes(
                QemuNames.targetNode(operation, index),
                QemuNames.fileNode(operation, index),
                QemuNames.lockNode(operation, index));
    }
}
