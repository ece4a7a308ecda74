package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.OperationState;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.RestorePointView;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that a row says of one machine, and the judgement: sound is only what is known to be. */
public record MachineHealth(
        MachineInsight machine, Optional<RestorePointView> points, List<OperationView> running, Set<Trouble> troubles) {
    private static final Set<String> STANDS_STILL = Set.of("GUEST_FROZEN", "MACHINE_PAUSED");

    public MachineHealth {
        running = List.copyOf(running);
        // EnumSet keeps the order, the worst first.
        troubles = java.util.Collections.unmodifiableSet(
                troubles.isEmpty() ? EnumSet.noneOf(Trouble.class) : EnumSet.copyOf(troubles));
    }

    /** Judges a machine by what is known of it. */
    public static MachineHealth of(
            MachineInsight machine, Optional<RestorePointView> points, List<OperationView> running) {
        EnumSet<Trouble> troubles = EnumSet.noneOf(Trouble.class);
        Optional<RestorePointView.Point> newest = points.map(RestorePointView::newest);
        if (newest.isEmpty()) {
            troubles.add(Trouble.NO_RESTORE_POINT);
        } else if (newest.get().damaged()) {
            troubles.add(Trouble.DAMAGED);
        } else if (newest.get().verifiedAt() == null) {
            troubles.add(Trouble.NOT_VERIFIED);
        }
        if (points.map(RestorePointView::lastTry)
                .filter(last -> last.state().equals("FAILED"))
                .isPresent()) {
            troubles.add(Trouble.LAST_FAILED);
        }
        for (OperationView operation : running) {
            if (operation.state() == OperationState.UNKNOWN) {
                troubles.add(Trouble.IN_DOUBT);
            }
            if (operation.progress() != null && operation.progress().stalledSince() != null) {
                troubles.add(Trouble.STALLED);
            }
        }
        if (!machine.broken().isEmpty()) {
            troubles.add(Trouble.CHAIN_BROKEN);
        }
        if (machine.drift().stream().anyMatch(drift -> STANDS_STILL.contains(drift.kind()))) {
            troubles.add(Trouble.GUEST_STOPPED);
        }
        if (machine.drift().stream().anyMatch(drift -> !STANDS_STILL.contains(drift.kind()))) {
            troubles.add(Trouble.DRIFT);
        }
        if (!machine.seen()) {
            troubles.add(Trouble.NOT_SEEN);
        }
        if (machine.next().stream()
                .findFirst()
                .map(MachineInsight.Outlook::needsFull)
                .orElse(false)) {
            troubles.add(Trouble.FULL_NEXT);
        }
        return new MachineHealth(machine, points, running, troubles);
    }

    /** The worst of what is wrong; nothing is sound of which the next backup cannot be told. */
    public Trouble.Level level() {
        return troubles.stream()
                .findFirst()
                .map(Trouble::level)
                .orElse(machine.next().isEmpty() ? Trouble.Level.WARNING : Trouble.Level.SOUND);
    }

    public Optional<RestorePointView.Point> newest() {
        return points.map(RestorePointView::newest);
    }

    public Optional<RestorePointView.Point> verified() {
        return points.map(RestorePointView::verified);
    }

    /** What the next automatic backup would be, where the last one went. */
    public Optional<MachineInsight.Outlook> next() {
        return machine.next().stream().findFirst();
    }

    /** What was seen of QEMU, and why not if it was not. */
    public String sight() {
        if (machine.gatewaySilent()) {
            return "unknown: no gateway serves host " + machine.host();
        }
        return switch (machine.sight().state()) {
            case UP ->
                "up" + machine.sight().runState().map(word -> ", " + word).orElse("");
            case DOWN -> "down" + why();
            case UNKNOWN -> "unknown" + why();
        };
    }

    private String why() {
        return machine.sight().trouble().map(detail -> ": " + detail).orElse(": nobody has looked yet");
    }

    public String address() {
        return Addresses.machine(machine.id());
    }
}
