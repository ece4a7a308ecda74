package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.GuestAgentFailure;
import dev.tidemark.gateway.qga.GuestAgentFailure.Reason;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The guest's file systems, and the agent before them, on a line that breaks as lines do. A frozen guest writes nothing. */
final class PlayedGuest {
    private static final int FILE_SYSTEMS = 2;
    private static final long SILENCE_NANOSECONDS = 5_000_000_000L;

    private final Simulation simulation;
    private final Set<String> frozenAt = new HashSet<>();
    private boolean frozen;
    private long freezes;

    PlayedGuest(Simulation simulation) {
        this.simulation = simulation;
    }

    boolean isFrozen() {
        return frozen;
    }

    /** So often; a history that never froze proves nothing. */
    long freezes() {
        return freezes;
    }

    /** Its QEMU has ended, and with it whatever held its writes. */
    void ended() {
        frozen = false;
    }

    /** A transaction is executed now. */
    void at(Plan plan) {
        for (Verb verb : plan.verbs()) {
            String name = switch (verb) {
                case Verb.AddBitmap add -> add.name();
                case Verb.StartBackup backup -> backup.job();
                default -> "";
            };
            if (frozen) {
                frozenAt.add(name);
            } else {
                frozenAt.remove(name);
            }
        }
    }

    /** Whether the guest was frozen when something of this name was made. */
    boolean wasFrozenAt(String name) {
        return frozenAt.stream().anyMatch(made -> made.contains(name));
    }

    /** As one process of the gateway reaches it. */
    GuestAgent of(GatewayLife life) {
        return new GuestAgent() {
            @Override
            public FileSystems fileSystems(Path socket) throws GuestAgentFailure {
                reach(life, Site.ASK_GUEST, simulation.fault(Site.ASK_GUEST));
                simulation.pass(life, Site.ASK_GUEST, true);
                return frozen ? FileSystems.FROZEN : FileSystems.THAWED;
            }

            @Override
            public int freeze(Path socket) throws GuestAgentFailure {
                Fault fault = simulation.fault(Site.FREEZE);
                reach(life, Site.FREEZE, fault);
                if (frozen) {
                    throw new GuestAgentFailure(Reason.FROZEN_BEFORE, "frozen already");
                }
                if (fault == Fault.REFUSED) {
                    throw new GuestAgentFailure(Reason.REFUSED, "as played");
                }
                frozenNow(fault == Fault.LATE);
                lost(life, fault);
                simulation.pass(life, Site.FREEZE, true);
                return FILE_SYSTEMS;
            }

            @Override
            public Thaw thaw(Path socket) throws GuestAgentFailure {
                Fault fault = simulation.fault(Site.THAW);
                reach(life, Site.THAW, fault);
                if (fault == Fault.REFUSED) {
                    throw new GuestAgentFailure(Reason.REFUSED, "as played");
                }
                int fileSystems = thawedNow();
                lost(life, fault);
                simulation.pass(life, Site.THAW, true);
                return new Thaw(fileSystems, Optional.empty());
            }

            @Override
            public Thaw thawIfFrozen(Path socket) throws GuestAgentFailure {
                return thaw(socket);
            }
        };
    }

    private void reach(GatewayLife life, Site site, Fault fault) throws GuestAgentFailure {
        simulation.pass(life, site, false);
        if (fault == Fault.LOST_BEFORE) {
            life.elapse(SILENCE_NANOSECONDS);
            throw new GuestAgentFailure("no answer");
        }
        if (simulation.machine.daemon() == null) {
            throw new GuestAgentFailure("nobody listens");
        }
    }

    private void lost(GatewayLife life, Fault fault) throws GuestAgentFailure {
        if (fault == Fault.LOST_AFTER) {
            life.elapse(SILENCE_NANOSECONDS);
            throw new GuestAgentFailure(Reason.UNKNOWN, "no answer");
        }
    }

    /** A freeze may end by itself at any time, as one of Windows does. */
    private void frozenNow(boolean briefly) {
        simulation.judge.freezing();
        frozen = true;
        long freeze = ++freezes;
        simulation.world.note(() -> "the guest is frozen");
        if (briefly) {
            Dice dice = simulation.world.dice;
            simulation.world.in(dice.oneIn(2) ? 0 : dice.milliseconds(20), () -> {
                if (freeze == freezes) {
                    frozen = false;
                    simulation.world.note(() -> "the guest thaws by itself");
                }
            });
        }
    }

    private int thawedNow() {
        if (simulation.saboteur == Saboteur.THAW_FORGOTTEN) {
            return FILE_SYSTEMS;
        }
        int were = frozen ? FILE_SYSTEMS : 0;
        frozen = false;
        simulation.world.note(() -> were + " file systems are thawed");
        return were;
    }
}
