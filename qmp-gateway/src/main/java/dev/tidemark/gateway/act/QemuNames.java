package dev.tidemark.gateway.act;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.KeyIdentity;
import dev.tidemark.schema.id.OperationId;

/**
 * What an operation's objects are called in QEMU. Each carries the operation, so that whoever looks after a crash knows
 * whose they are. A node name has at most 31 bytes (qemu-facts §2), which leaves two digits for the disk.
 */
public final class QemuNames {
    /** Disks in one operation. */
    public static final int DISKS_MAX = 100;

    /** What a machine's exports are guarded by: it has one NBD server, and so one of these. */
    public static final String EXPORT_CREDENTIALS = BitmapName.PREFIX + "export-tls";

    private static final int ROLE_DIGITS = 36;

    /** Letters of each role: as many as it takes to number the disks with one more digit. */
    private static final int ROLE_LETTERS = DISKS_MAX / ROLE_DIGITS + 1;

    /** The roles before these are a canary's. */
    private static final int FILE_ROLE = 3;

    private static final int LOCK_ROLE = 4;

    private static final int NODE_LENGTH = 31;

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

    /** The object that holds a key while the operation's nodes are opened. */
    public static String secret(OperationId operation, KeyIdentity key) {
        return BitmapName.PREFIX + operation + "-" + key;
    }

    /** The export of that node. */
    public static String export(OperationId operation, int index) {
        return job(operation, index);
    }

    /** The node of the file on which that node stands. */
    static String fileNode(OperationId operation, int index) {
        return roleNode(operation, index, FILE_ROLE);
    }

    /** The node that makes QEMU lock that file. */
    static String lockNode(OperationId operation, int index) {
        return roleNode(operation, index, LOCK_ROLE);
    }

    /** The node in one of the roles of a canary for the operation's disk at this index. */
    static String canaryNode(OperationId operation, int index, int role) {
        return roleNode(operation, index, role);
    }

    private static String roleNode(OperationId operation, int index, int role) {
        int number = checked(index);
        // Targets end in two digits, so that a letter tells them apart.
        return BitmapName.PREFIX
                + operation
                + (char) ('a' + role * ROLE_LETTERS + number / ROLE_DIGITS)
                + Character.forDigit(number % ROLE_DIGITS, ROLE_DIGITS);
    }

    /** The job that writes to it. */
    static String canaryJob(OperationId operation, int index) {
        return BitmapName.temporary(operation) + "-" + checked(index);
    }

    /** Whether a node or a job is a canary's: nothing that outlives the step that makes it. */
    public static boolean isCanary(String name) {
        return name.startsWith(BitmapName.TEMPORARY_PREFIX) || isCanaryNode(name);
    }

    /** Whether a node is a canary's lowest, which closes with the window on it. */
    public static boolean isCanaryBelowWindow(String node) {
        return hasRole(node, 0, 1);
    }

    private static boolean isCanaryNode(String name) {
        return hasRole(name, 0, FILE_ROLE);
    }

    /** Whether it is the node of a target's file, which closes after what stands on it. */
    public static boolean isFile(String node) {
        return hasRole(node, FILE_ROLE, LOCK_ROLE);
    }

    /** Whether it is a node that makes QEMU lock a file. */
    public static boolean isLock(String node) {
        return hasRole(node, LOCK_ROLE, LOCK_ROLE + 1);
    }

    private static boolean hasRole(String name, int from, int before) {
        if (!isOurs(name) || name.length() != NODE_LENGTH) {
            return false;
        }
        char letter = name.charAt(NODE_LENGTH - 2);
        return letter >= 'a' + from * ROLE_LETTERS && letter < 'a' + before * ROLE_LETTERS;
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
