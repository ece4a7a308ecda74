package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.gateway.act.Canary;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.PlanDescription;
import dev.tidemark.gateway.act.Plans;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a decision would lead to: the very plan that the gateway would make of it, on the nodes that were last seen. Built by
 * the gateway's own code, so that a rehearsal cannot differ from the performance.
 */
final class Rehearsal {
    private final @Nullable JsonNode transaction;
    private final List<String> explanation = new ArrayList<>();

    private Rehearsal(Machine after) {
        Optional<Operation> operation = DesiredState.of(after).flatMap(Desired::operation);
        Map<BitmapName, String> names = new HashMap<>();
        after.checkpoints()
                .forEach(known ->
                        names.put(BitmapName.of(known.id()), known.name().value()));
        if (operation.orElse(null) instanceof BackupOperation backup) {
            backup.disks().forEach(disk -> explanation.add(words(disk.plan())));
        }
        Optional<Plan> plan = operation
                .filter(Rehearsal::touchesQemu)
                .map(open -> Plans.of(open, nodes(after), Canary.of(open, sizes(after))));
        plan.ifPresent(made -> explanation.addAll(PlanDescription.lines(made, names)));
        if (plan.isEmpty()) {
            explanation.add("nothing is sent to QEMU");
        }
        transaction = plan.map(PlanDescription::command).orElse(null);
    }

    /** Of the machine after the events of the decision. */
    static Rehearsal of(Machine machine, List<MachineEvent> events) {
        Machine after = machine;
        for (MachineEvent event : events) {
            after = after.evolve(event);
        }
        return new Rehearsal(after);
    }

    /** The QMP command; null if none would be sent. */
    @Nullable
    JsonNode transaction() {
        return transaction;
    }

    /** In words. */
    List<String> explanation() {
        return List.copyOf(explanation);
    }

    private static boolean touchesQemu(Operation operation) {
        return switch (operation) {
            case CheckpointOperation create -> !create.disks().isEmpty();
            case DeletionOperation delete -> !delete.disks().isEmpty();
            case BackupOperation backup -> !backup.disks().isEmpty();
        };
    }

    private static Map<DiskName, String> nodes(Machine machine) {
        Map<DiskName, String> nodes = new HashMap<>();
        for (Disk disk : machine.presentDisks()) {
            nodes.put(disk.name(), disk.facts().node());
        }
        return nodes;
    }

    private static Map<DiskName, Long> sizes(Machine machine) {
        Map<DiskName, Long> sizes = new HashMap<>();
        for (Disk disk : machine.presentDisks()) {
            sizes.put(disk.name(), disk.facts().virtualSize());
        }
        return sizes;
    }

    private static String words(DiskPlan plan) {
        return plan.disk() + ": " + plan.kind()
                + plan.cause().map(cause -> " (" + cause + ")").orElse("") + ", " + plan.detail();
    }
}
