package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.chain.BackupPlanner;
import dev.tidemark.coordinator.chain.Conclusion;
import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.dashboard.Comparison;
import dev.tidemark.coordinator.dashboard.Insight;
import dev.tidemark.coordinator.dashboard.MachineInsight;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The machines that dispatch keeps up to date, as the dashboard knows them: pure functions over what is in memory. */
final class CoordinatorInsight implements Insight {
    private static final RepositoryName ANY = new RepositoryName("default");

    private final Dispatch dispatch;
    private final Holders holders;
    private final Function<MachineId, MachineSight> sights;
    private final Clock clock;

    CoordinatorInsight(Dispatch dispatch, Holders holders, Function<MachineId, MachineSight> sights, Clock clock) {
        this.dispatch = dispatch;
        this.holders = holders;
        this.sights = sights;
        this.clock = clock;
    }

    @Override
    public List<MachineInsight> machines() {
        return dispatch.registered().stream()
                .map(this::machine)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public Optional<MachineInsight> machine(MachineId id) {
        Machine machine = dispatch.machine(id);
        return machine.registered()
                ? machine.registration().map(registration -> insight(machine, registration))
                : Optional.empty();
    }

    @Override
    public Optional<Comparison> comparison(MachineId id) {
        return machine(id)
                .map(known -> ComparisonPicture.of(
                        dispatch.machine(id),
                        // What a gateway saw that is silent now may be long ago, and confirms nothing.
                        known.seen() ? dispatch.sighting(id).sight() : new Sight.NotTaken()));
    }

    private MachineInsight insight(Machine machine, Machine.Registration registration) {
        return new MachineInsight(
                machine.id().value(),
                registration.name().value(),
                registration.host().value(),
                sights.apply(machine.id()),
                isSilent(registration.host()),
                next(machine),
                broken(machine),
                drift(machine));
    }

    /** Whichever coordinator its gateway asks: what it sees is known to all of them. */
    private boolean isSilent(HostName host) {
        long now = System.nanoTime();
        return holders.of(host).map(holder -> holder.isOver(now)).orElse(true);
    }

    private static List<MachineInsight.Outlook> next(Machine machine) {
        List<MachineInsight.Outlook> next = new ArrayList<>();
        for (RepositoryName repository : repositories(machine)) {
            if (BackupPlanner.plan(machine, repository, BackupMode.PUSH, new BackupRequest.Automatic(), List.of())
                    instanceof BackupPlanner.Planned.Plan plan) {
                next.add(new MachineInsight.Outlook(
                        machine.usedRepositories().isEmpty() ? "any repository" : repository.value(),
                        plan.disks().stream()
                                .map(disk -> new MachineInsight.DiskOutlook(
                                        disk.disk().value(),
                                        disk.kind() == BackupKind.FULL,
                                        disk.cause().map(Enum::name),
                                        disk.detail()))
                                .toList()));
            }
        }
        return next;
    }

    /** The one that was used last comes first; of a machine that was never backed up every one says the same. */
    private static Set<RepositoryName> repositories(Machine machine) {
        Set<RepositoryName> repositories = new LinkedHashSet<>();
        if (!machine.stored().isEmpty()) {
            repositories.add(machine.stored().getLast().repository());
        } else if (!machine.bases().isEmpty()) {
            repositories.add(machine.bases().getLast().repository());
        }
        repositories.addAll(machine.usedRepositories().reversed());
        return repositories.isEmpty() ? Set.of(ANY) : repositories;
    }

    private static List<MachineInsight.BrokenDisk> broken(Machine machine) {
        List<MachineInsight.BrokenDisk> broken = new ArrayList<>();
        for (Disk disk : machine.presentDisks()) {
            if (disk.chain().isEmpty()) {
                disk.lastBreak()
                        .ifPresent(last -> broken.add(new MachineInsight.BrokenDisk(
                                disk.name().value(), last.cause().name(), last.detail())));
            }
        }
        return broken;
    }

    private List<MachineInsight.Drift> drift(Machine machine) {
        if (!(dispatch.sighting(machine.id()).sight() instanceof Sight.Observed seen)) {
            return List.of();
        }
        List<MachineInsight.Drift> drift = new ArrayList<>();
        Conclusion.differences(machine, seen, clock.instant()).forEach(event -> {
            // What broke a chain is in the log by now, and shown as that.
            if (event instanceof DriftFound found) {
                drift.add(new MachineInsight.Drift(
                        found.kind().name(),
                        found.disk().map(disk -> disk.value()),
                        found.subject(),
                        found.detail(),
                        found.action().name()));
            }
        });
        return drift;
    }
}
