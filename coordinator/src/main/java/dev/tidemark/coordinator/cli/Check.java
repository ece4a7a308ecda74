package dev.tidemark.coordinator.cli;

/**
 * One thing that the doctor looked at.
 *
 * @param remedy empty if all is well
 */
record Check(String name, Verdict verdict, String detail, String remedy) {
    /** How bad it is. */
    enum Verdict {
        OK,
        /** Something will not work, but this host may not need it. */
        WARN,
        /** Tidemark cannot work like this. */
        FAIL
    }

    static Check ok(String name, String detail) {
        return new Check(name, Verdict.OK, detail, "");
    }

    static Check warn(String name, String detail, String remedy) {
        return new Check(name, Verdict.WARN, detail, remedy);
    }

    static Check fail(String name, String detail, String remedy) {
        return new Check(name, Verdict.FAIL, detail, remedy);
    }
}
