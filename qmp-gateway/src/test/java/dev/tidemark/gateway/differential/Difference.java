package dev.tidemark.gateway.differential;

/** Where the two sides part. */
record Difference(int index, Step step, String detail) {
    @Override
    public String toString() {
        return "step " + index + " " + step + "\n  " + detail;
    }
}
