package dev.tidemark.coordinator.security;

import dev.tidemark.schema.id.MachineId;
import java.util.Optional;

/**
 * Who calls, for as long as a request is answered, on the thread that answers it. Elsewhere there is nobody, and asking for the caller
 * fails: nothing is allowed to no one.
 */
public final class Callers {
    private static final ScopedValue<Identity> CURRENT = ScopedValue.newInstance();

    private Callers() {}

    public static Identity current() {
        return CURRENT.get();
    }

    /** Who calls, if anybody does: behind the doors that are open to all, nobody may. */
    public static Optional<Identity> known() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Whether the caller reaches a machine that there is. If not, it is not there for him, and the record of the request says why. */
    public static boolean reaches(MachineId machine, String itsName) {
        boolean reaches = current().reaches(machine, itsName);
        if (!reaches) {
            ActTrail.beyondReachNow();
        }
        return reaches;
    }

    /** Whether there is a caller who may do that. */
    public static boolean mayNow(Permission permission) {
        return CURRENT.isBound() && CURRENT.get().may(permission);
    }

    /** Answers for a caller. */
    static void answer(Identity caller, ScopedValue.CallableOp<Boolean, Exception> work) throws Exception {
        boolean _ = ScopedValue.where(CURRENT, caller).call(work);
    }
}
