package dev.tidemark.gateway.act;

import dev.tidemark.gateway.qmp.QmpCommand;
import java.util.List;

/**
 * What is done in one transaction: all of it at one moment, or nothing. The only place that turns verbs into what is sent, so
 * that no bitmap can be touched outside a transaction (hazards S2, S3).
 */
public record Plan(List<Verb> verbs) {
    public Plan {
        verbs = List.copyOf(verbs);
        if (verbs.isEmpty()) {
            throw new IllegalArgumentException("a plan without verbs");
        }
    }

    /** The one command. */
    public QmpCommand.Transaction transaction() {
        return new QmpCommand.Transaction(verbs.stream().map(Verb::action).toList());
    }
}
