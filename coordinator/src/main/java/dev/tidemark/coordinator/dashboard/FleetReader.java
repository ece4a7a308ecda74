package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.view.FleetQueries;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.RepositoryUseView;
import dev.tidemark.coordinator.view.RestorePointView;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts together what is known of all machines that a reader reaches, and of none beyond. */
public final class FleetReader {
    private final Insight insight;
    private final Engine engine;
    private final FleetQueries queries;

    public FleetReader(Insight insight, Engine engine, FleetQueries queries) {
        this.insight = insight;
        this.engine = engine;
        this.queries = queries;
    }

    FleetPage page(Frame frame, FleetPage.Wanted wanted) {
        List<OperationView> underWay = underWay();
        Map<String, List<OperationView>> running =
                underWay.stream().collect(Collectors.groupingBy(OperationView::vmId));
        Map<String, RestorePointView> points = queries.restorePoints(reach()).stream()
                .collect(Collectors.toMap(RestorePointView::vm, Function.identity()));
        Identity reader = Callers.current();
        List<MachineHealth> all = new ArrayList<>();
        for (MachineInsight machine : insight.machines()) {
            if (reader.reaches(new MachineId(machine.id()), machine.name())) {
                all.add(MachineHealth.of(
                        machine,
                        Optional.ofNullable(points.get(machine.id())),
                        running.getOrDefault(machine.id(), List.of())));
            }
        }
        return FleetPage.of(frame, wanted, all, underWay);
    }

    /** What has not ended, of the machines that the reader reaches. */
    List<OperationView> underWay() {
        return queries.underWay(reach()).stream().map(this::atWork).toList();
    }

    /** How far it is, or what it waits for; the reason names jobs of other machines. */
    OperationView atWork(OperationView operation) {
        if (operation.state().ended()) {
            return operation;
        }
        JobSight sight = engine.job(new OperationId(operation.id()));
        if (sight.waitsFor().isPresent()) {
            return operation.waitingFor(
                    Callers.current().scope().isAll() ? sight.waitsFor().get() : "others are before it");
        }
        return HowFar.of(sight).map(operation::at).orElse(operation);
    }

    RepositoriesPage repositories(Frame frame) {
        Map<String, RepositoriesPage.Entry> entries = new TreeMap<>(Comparator.naturalOrder());
        Map<String, RepositoryUseView> used = queries.repositories(reach()).stream()
                .collect(Collectors.toMap(RepositoryUseView::name, Function.identity()));
        engine.repositories()
                .forEach(known -> entries.put(
                        known.name(),
                        new RepositoriesPage.Entry(
                                known.name(),
                                Optional.of(known.directory()),
                                Optional.ofNullable(used.get(known.name())))));
        used.forEach((name, use) -> entries.computeIfAbsent(
                name, key -> new RepositoriesPage.Entry(key, Optional.empty(), Optional.of(use))));
        return new RepositoriesPage(frame, List.copyOf(entries.values()));
    }

    private static Optional<String> reach() {
        return Callers.current().scope().restriction();
    }
}
