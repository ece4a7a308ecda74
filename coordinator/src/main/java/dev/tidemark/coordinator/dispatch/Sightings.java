package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** What gateways tell besides the log, here and at other coordinators, and who waits for a look. */
final class Sightings {
    private final Known known;
    private final Epochs epochs;
    private volatile Board board = Board.NONE;

    Sightings(Known known, Epochs epochs) {
        this.known = known;
        this.epochs = epochs;
    }

    void publishTo(Board shared) {
        board = shared;
    }

    void seenElsewhere(MachineId id, Sight sight) {
        known.change(() -> known.machines().of(id).ifPresent(tracked -> tracked.seenElsewhere(sight)));
    }

    void toldElsewhere(Progress step) {
        known.change(() -> {
            boolean open = known.machines()
                    .of(step.machine())
                    .filter(tracked -> Paces.isOpen(tracked.machine(), step.operation()))
                    .isPresent();
            if (open) {
                note(step);
            }
        });
    }

    void told(Progress step) {
        known.change(() -> {
            if (!isOutdated(step)) {
                board.told(step);
                note(step);
            }
        });
    }

    private void note(Progress step) {
        known.paces().told(step, System.nanoTime());
        known.release(known.turnstile().atWork(step.operation()));
    }

    private boolean isOutdated(Progress step) {
        return known.machines()
                .of(step.machine())
                .flatMap(Tracked::host)
                .filter(host -> epochs.isOver(host, step.epoch()))
                .isPresent();
    }

    /** Whoever does not ask here and is not heard elsewhere keeps nobody waiting. */
    void passOver(Duration silence, Set<HostName> heardElsewhere) {
        known.change(() -> {
            long now = System.nanoTime();
            Set<HostName> silent = known.machines()
                    .all()
                    .flatMap(tracked -> tracked.host().stream())
                    .filter(host ->
                            !heardElsewhere.contains(host) && known.presence().isSilent(host, silence, now))
                    .collect(Collectors.toSet());
            known.release(known.turnstile().silent(silent));
        });
    }

    Sighting of(MachineId id) {
        return known.under(() -> {
            long now = System.nanoTime();
            return known.machines()
                    .of(id)
                    .map(tracked -> sighting(tracked, now))
                    .orElse(Sighting.NONE);
        });
    }

    private Sighting sighting(Tracked tracked, long nowNanoseconds) {
        return tracked.host()
                .filter(host -> known.turnstile().silent().contains(host))
                .map(host -> Sighting.silent(host, known.lastContact(host, nowNanoseconds)))
                .orElseGet(tracked::sighting);
    }

    Standing standing() {
        return known.under(() -> {
            long now = System.nanoTime();
            List<Standing.Seen> seen = new ArrayList<>();
            Map<HostName, Instant> gateways = new HashMap<>();
            known.machines()
                    .all()
                    .filter(tracked -> tracked.machine().registered())
                    .forEach(tracked -> {
                        seen.add(new Standing.Seen(tracked.machine(), sighting(tracked, now)));
                        tracked.host()
                                .ifPresent(host -> gateways.computeIfAbsent(host, _ -> known.lastContact(host, now)));
                    });
            known.presence().hosts().forEach(host -> gateways.putIfAbsent(host, known.lastContact(host, now)));
            return new Standing(
                    seen,
                    gateways,
                    known.turnstile().waiting(),
                    known.paces().operations().size(),
                    known.paces().stalled());
        });
    }

    CompletableFuture<Look> look(MachineId id, boolean dry) {
        return known.under(() -> {
            Optional<Tracked> tracked = known.machines().of(id);
            if (tracked.isEmpty()) {
                return CompletableFuture.failedFuture(new IllegalArgumentException("not tracked: " + id));
            }
            CompletableFuture<Look> look = new CompletableFuture<>();
            tracked.get().want(look, dry);
            known.touch(tracked.get());
            return look;
        });
    }

    /** Somebody is owed a look that is recorded. */
    void wantLook(MachineId id) {
        known.change(() -> known.machines().of(id).ifPresent(tracked -> {
            tracked.wantLook();
            known.touch(tracked);
        }));
    }

    /** Remembers a sight that was recorded, tells the other coordinators, and takes out those who waited for it. */
    List<CompletableFuture<Look>> recorded(MachineId id, Sight sight) {
        if (!(sight instanceof Sight.NotTaken)) {
            board.saw(id, sight);
        }
        return saw(id, sight, false);
    }

    /** Takes out those who waited for a sight that is not recorded. */
    List<CompletableFuture<Look>> rehearsed(MachineId id, Sight sight) {
        return saw(id, sight, true);
    }

    private List<CompletableFuture<Look>> saw(MachineId id, Sight sight, boolean dry) {
        return sight instanceof Sight.NotTaken
                ? List.of()
                : known.under(() -> known.machines()
                        .of(id)
                        .map(tracked -> tracked.saw(sight, dry))
                        .orElse(List.of()));
    }
}
