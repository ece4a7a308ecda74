package dev.tidemark.coordinator.view;

/** How far an operation is. */
public enum OperationState {
    /** The intent is committed; nothing was seen of it yet. */
    PENDING,
    /** Its effect has begun. */
    RUNNING,
    /** The answer was lost; a look will tell. */
    UNKNOWN,
    /** The effect was seen. */
    DONE,
    /** There is no effect, and there will be none. */
    FAILED;

    public boolean ended() {
        return this == DONE || this == FAILED;
    }
}
