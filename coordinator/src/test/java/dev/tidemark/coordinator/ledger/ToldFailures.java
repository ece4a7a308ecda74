package dev.tidemark.coordinator.ledger;

import java.io.IOException;

/** What the log says when it cannot append, for those who only have to tell it on. */
public final class ToldFailures {
    private ToldFailures() {}

    public static LedgerException unavailable(LedgerException.Cause reason) {
        return new LedgerException.Unavailable(reason, null);
    }

    public static LedgerException conflict() {
        return new LedgerException.ConflictExhausted("m", 10, new IOException("others"));
    }

    public static LedgerException outcomeUnknown() {
        return new LedgerException.OutcomeUnknown("m", "e", new IOException("cut"));
    }
}
