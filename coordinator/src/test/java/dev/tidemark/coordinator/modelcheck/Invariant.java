package dev.tidemark.coordinator.modelcheck;

/** What must hold in every state; numbers as in the design. */
enum Invariant {
    I1_COVERAGE("a completed incremental, or one it stands on, misses a granule that changed"),
    I4_TRACKING("a chain that looks healthy does not mark a granule that changed since one of its checkpoints"),
    I6_INTENT_FIRST("QEMU holds a bitmap of ours for which no intent is committed"),
    I7_NO_PHANTOM_SUCCESS("a backup is completed in the log and not, whole and durable, in the repository"),
    I8_EXACTLY_ONCE("one operation started its jobs twice at a time"),
    I9_TRUTH("the log tells an outcome that never was, or what it is concluded from was thrown away"),
    I12_SAFE_REMOVAL("a bitmap was removed that a living checkpoint needs"),
    I18_LIVENESS("with the faults over, the machine does not come to rest");

    private final String meaning;

    Invariant(String meaning) {
        this.meaning = meaning;
    }

    String meaning() {
        return meaning;
    }
}
