package dev.tidemark.gateway.act;

import dev.tidemark.gateway.act.Verb.EnableBitmap;
import dev.tidemark.gateway.act.Verb.MergeBitmaps;
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
        for (int index = 0; index < verbs.size(); index++) {
            if (verbs.get(index) instanceof EnableBitmap enable && !mergedInto(verbs.subList(0, index), enable)) {
                throw new IllegalArgumentException(
                        "enabling '" + enable.name() + "' before anything is merged into it could kill QEMU 7.2");
            }
        }
    }

    /** The one command. */
    public QmpCommand.Transaction transaction() {
        return new QmpCommand.Transaction(verbs.stream().map(Verb::action).toList());
    }

    private static boolean mergedInto(List<Verb> before, EnableBitmap enable) {
        return before.stream()
                .anyMatch(verb -> verb instanceof MergeBitmaps merge
                        && merge.node().equals(enable.node())
                        && merge.target().equals(enable.name()));
    }
}
