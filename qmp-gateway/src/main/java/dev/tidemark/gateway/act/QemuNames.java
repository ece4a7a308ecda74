package dev.tidemark.gateway.act;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;

/**
 * What an operation's objects are called in QEMU. Each carries the operation, so that whoever looks after a crash knows
 * whose they are. A node name has at most 31 bytes (qemu-facts §2), which leaves two digits for the disk.
 */
public final class QemuNames {
    /** Disks in one operation. */
    public static final int DISKS_MAX = 100;

    private QemuNames() {}

    /** The job that backs up the operation's disk at this index. */
    public static String job(OperationId operation, int index) {
        return BitmapName.PREFIX + operation + "-" + checked(index);
    }

    /** The node to which that job writes. */
    public static String targetNode(OperationId operation, int index) {
        int number = checked(index);
        return BitmapName.PREFIX + operation + (number < 10 ? "0" : "") + number;
    }

    /** Whether QEMU's text names something of ours. */
    public static boolean isOurs(String name) {
        return name.startsWith(BitmapName.PREFIX);
    }

    /** Whether a job, node, export or temporary bitmap belongs to the operation. */
    public static boolean belongsTo(String name, OperationId operation) {
        return isOurs(name) && name.contains(operation.value());
    }

    private static int checked(int index) {
        if (index < 0 || index >= DISKS_MAX) {
            throw new IllegalArgumentException("an operation has at most " + DISKS_MAX + " disks, not one at " + index);
        }
        return index;
    }
}
