package dev.tidemark.coordinator.ledger;

import java.time.Duration;

/** Is told how long the ledger's work takes. Called on the thread that works: it returns at once and never throws. */
public interface LedgerWatch {
    /** Who does not care. */
    LedgerWatch NONE = new LedgerWatch() {
        @Override
        public void appended(Duration took) {
            // Nobody counts.
        }

        @Override
        public void loaded(Duration took) {
            // Nobody counts.
        }

        @Override
        public void began(Beginning beginning) {
            // Nobody counts.
        }
    };

    /** Events were appended, the read models brought up to date, and both committed. */
    void appended(Duration took);

    /** A machine's state was folded from its log. */
    void loaded(Duration took);

    /** A machine's state was asked for, and this is what its fold began with. */
    void began(Beginning beginning);

    /** From the cheapest to the dearest. */
    enum Beginning {
        /** A state that this process had at hand. */
        MEMORY,
        SNAPSHOT,
        FIRST_EVENT
    }
}
