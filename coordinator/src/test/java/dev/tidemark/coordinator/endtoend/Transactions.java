package dev.tidemark.coordinator.endtoend;

/** Which of the transactions on a wire belong to an operation. */
final class Transactions {
    private Transactions() {}

    /**
     * Whether a line is a transaction that makes or takes away anything that lasts. The question to the canaries, which comes
     * before an operation's own transaction, is none: it only fills bitmaps of an empty node.
     */
    static boolean isOperation(String line) {
        return line.contains("\"transaction\"")
                && (line.contains("\"persistent\":true")
                        || line.contains("\"block-dirty-bitmap-remove\"")
                        || line.contains("\"blockdev-backup\""));
    }
}
