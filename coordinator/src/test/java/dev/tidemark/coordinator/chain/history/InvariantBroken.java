package dev.tidemark.coordinator.chain.history;

/** A checker went red. */
final class InvariantBroken extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Checker checker;

    InvariantBroken(Checker checker, String message) {
        super(checker + ": " + message);
        this.checker = checker;
    }

    Checker checker() {
        return checker;
    }
}
