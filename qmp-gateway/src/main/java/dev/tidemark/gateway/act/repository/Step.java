package dev.tidemark.gateway.act.repository;

/** The moments of completing a backup at which a crash must leave an unfinished or a complete one, and nothing between. */
public enum Step {
    /** Nothing was done yet. */
    BEGUN,
    /** The disk files are durable. */
    FILES_SYNCED,
    /** Their digests were read back. */
    DIGESTS_READ,
    /** The manifest is durable, in the unfinished directory. */
    MANIFEST_WRITTEN,
    /** The directory has the backup's name. */
    RENAMED,
    /** The new name is durable. */
    NAME_SYNCED;

    /** Is told of each step when it is passed; a drill ends the process here, a test throws. */
    @FunctionalInterface
    public interface Hook {
        /** Production: nothing happens. */
        Hook NONE = step -> {};

        /** The step was passed. */
        void passed(Step step);
    }
}
