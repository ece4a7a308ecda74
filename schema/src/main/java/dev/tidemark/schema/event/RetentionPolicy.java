package dev.tidemark.schema.event;

/**
 * How many restore points stay: the newest so many, and the newest of each of the so many newest days, weeks, months and years (UTC)
 * that have one. What several of these keep is kept once.
 */
public record RetentionPolicy(int last, int daily, int weekly, int monthly, int yearly) {
    /** More than anybody can mean. */
    public static final int COUNT_MAX = 100_000;

    /** Whether every number is one that can be meant, and one of them is not 0. */
    public boolean makesSense() {
        return isCount(last)
                && isCount(daily)
                && isCount(weekly)
                && isCount(monthly)
                && isCount(yearly)
                && last + daily + weekly + monthly + yearly > 0;
    }

    private static boolean isCount(int number) {
        return number >= 0 && number <= COUNT_MAX;
    }
}
