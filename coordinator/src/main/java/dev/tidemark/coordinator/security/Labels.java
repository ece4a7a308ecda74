package dev.tidemark.coordinator.security;

import dev.tidemark.coordinator.ledger.LabelActs;
import dev.tidemark.schema.id.MachineId;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Labels of machines, and by them which machines a caller reaches: asked of the database for each request, so that a change takes effect at
 * once. What is open for long ends when it is no longer what it was begun with.
 */
public final class Labels {
    private final LabelActs acts;

    public Labels(LabelActs acts) {
        this.acts = acts;
    }

    /** The labels that a machine has. */
    public LabelActs.Labels of(MachineId machine) {
        return acts.of(machine.value());
    }

    /** Gives a machine these labels and no others, in the caller's name; empty if they are not those of this version any more. */
    public Optional<LabelActs.Labels> replace(LabelActs.Labels before, SequencedMap<String, String> labels) {
        Optional<LabelActs.Labels> after =
                acts.replace(before, labels, Callers.current().name(), ActTrail.originNow());
        // The entry is the record of it.
        after.ifPresent(_ -> ActTrail.settledNow());
        return after;
    }

    /** The same caller, with the machines that have his label now. */
    Identity reaching(Identity caller) {
        return caller.scope()
                .label()
                .map(label -> caller.reaching(machines(label)))
                .orElse(caller);
    }

    /** Whether a caller still reaches what he did when he called. */
    boolean areUnchangedFor(Identity caller) {
        return caller.scope()
                .label()
                .map(label -> machines(label).equals(caller.labelled()))
                .orElse(true);
    }

    private Set<String> machines(Label label) {
        return acts.machines(Map.of(label.key(), label.value()));
    }
}
