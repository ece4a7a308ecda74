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
        public void began(boolean fromSnapshot) {
            // Nobody counts.
        }
    };

    /** Events were appended, the read models brought up to date, and both committed. */
    void appended(Duration took);

    /** A machine's state was folded from its log. */
    void loaded(Duration took);

    /** A fold began, with a snapshot or with the machine's first event. */
    void began(boolean fromSnapshot);
}
