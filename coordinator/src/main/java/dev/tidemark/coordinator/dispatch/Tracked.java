package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.HostName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A machine as this coordinator has heard of it, when that changed last, what was seen of it, and who waits for a look at it. */
final class Tracked {
    private Machine machine;
    private long change;
    private long changedNanoseconds;
    private Sighting sighting = Sighting.NONE;
    /** At first too: nothing is known of what was seen before this life of the coordinator. */
    private boolean lookWanted = true;

    private final List<CompletableFuture<Look>> looks = new ArrayList<>();
    private final List<CompletableFuture<Look>> dryLooks = new ArrayList<>();

    Tracked(Machine machine) {
        this.machine = machine;
    }

    Machine machine() {
        return machine;
    }

    void becomes(Machine newer) {
        machine = newer;
    }

    long change() {
        return change;
    }

    void changedAt(long number, long nowNanoseconds) {
        change = number;
        changedNanoseconds = nowNanoseconds;
    }

    /** When that was. */
    long changedNanoseconds() {
        return changedNanoseconds;
    }

    Sighting sighting() {
        return sighting;
    }

    /** Whoever waits here for a look waits for one that was asked for here. */
    void seenElsewhere(Sight sight) {
        sighting = Sighting.of(sight);
    }

    Optional<HostName> host() {
        return machine.registration().map(Machine.Registration::host);
    }

    boolean isOn(HostName host) {
        return machine.registration()
                .filter(registration -> registration.host().equals(host))
                .isPresent();
    }

    boolean isLookWanted() {
        return lookWanted;
    }

    void wantLook() {
        lookWanted = true;
    }

    /** {@code dry}: what is seen is not recorded. */
    void want(CompletableFuture<Look> look, boolean dry) {
        List<CompletableFuture<Look>> waiting = dry ? dryLooks : looks;
        waiting.removeIf(CompletableFuture::isDone);
        waiting.add(look);
        lookWanted = true;
    }

    /** Remembers a sight and takes out those who waited for it. */
    List<CompletableFuture<Look>> saw(Sight sight, boolean dry) {
        sighting = Sighting.of(sight);
        List<CompletableFuture<Look>> waiting = dry ? dryLooks : looks;
        // Who has given up waiting takes no report away from the log.
        waiting.removeIf(CompletableFuture::isDone);
        List<CompletableFuture<Look>> taken = List.copyOf(waiting);
        waiting.clear();
        if (dryLooks.isEmpty()) {
            lookWanted = false;
        }
        return taken;
    }
}
