package dev.tidemark.coordinator.api;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.Map;
import java.util.Optional;

/**
 * What the last look at a machine gave. {@code trouble} says why it could not be looked at; it is empty if it could, or if
 * nobody tried yet. {@code runState} is QEMU's word for what the machine does, if it was seen; {@code peer} the user whose process it is.
 */
public record MachineSight(
        State state,
        Optional<String> trouble,
        Optional<String> runState,
        Map<DiskBitmap, Long> dirtyBytes,
        Optional<String> peer) {
    /** Of a machine of which nobody said whose it is. */
    public MachineSight(
            State state, Optional<String> trouble, Optional<String> runState, Map<DiskBitmap, Long> dirtyBytes) {
        this(state, trouble, runState, dirtyBytes, Optional.empty());
    }

    /** Nobody looked yet. */
    public static final MachineSight NONE =
            new MachineSight(State.UNKNOWN, Optional.empty(), Optional.empty(), Map.of());

    /** Whether QEMU answers. */
    public enum State {
        UP,
        /** Nothing listens on the socket. */
        DOWN,
        /** Nobody looked yet, nobody does any more, or the monitor is hung or held by somebody else. */
        UNKNOWN
    }

    /** One bitmap on one disk. */
    public record DiskBitmap(DiskName disk, BitmapName bitmap) {}

    public MachineSight {
        dirtyBytes = Map.copyOf(dirtyBytes);
    }
}
