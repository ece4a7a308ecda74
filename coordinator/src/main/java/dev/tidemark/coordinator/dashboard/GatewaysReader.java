package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.GatewayView;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.view.FleetQueries;
import dev.tidemark.schema.id.MachineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts together what is known of the hosts; who is kept to some machines hears of those hosts alone on which one of his is. */
public final class GatewaysReader {
    private final Insight insight;
    private final Engine engine;
    private final FleetQueries queries;

    public GatewaysReader(Insight insight, Engine engine, FleetQueries queries) {
        this.insight = insight;
        this.engine = engine;
        this.queries = queries;
    }

    GatewaysPage page(Frame frame) {
        Identity reader = Callers.current();
        Map<String, Long> machines = new HashMap<>();
        Map<String, Long> seen = new HashMap<>();
        for (MachineInsight machine : insight.machines()) {
            if (reader.reaches(new MachineId(machine.id()), machine.name())) {
                machines.merge(machine.host(), 1L, Long::sum);
                seen.merge(machine.host(), machine.seen() ? 1L : 0L, Long::sum);
            }
        }
        Map<String, GatewayView> gateways =
                engine.gateways().stream().collect(Collectors.toMap(GatewayView::host, Function.identity()));
        Map<String, List<String>> repositories =
                queries.repositoriesByHost(reader.scope().restriction());
        Set<String> names = new TreeSet<>(machines.keySet());
        if (reader.scope().isAll()) {
            names.addAll(gateways.keySet());
        }
        List<GatewaysPage.Host> hosts = new ArrayList<>();
        for (String name : names) {
            hosts.add(new GatewaysPage.Host(
                    name,
                    Optional.ofNullable(gateways.get(name)),
                    machines.getOrDefault(name, 0L),
                    seen.getOrDefault(name, 0L),
                    repositories.getOrDefault(name, List.of())));
        }
        return new GatewaysPage(frame, hosts);
    }
}
