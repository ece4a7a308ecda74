package dev.tidemark.coordinator.dispatch;

/**
 * How many backups and verifications may be at work at a time. A repository is counted by its name, whatever directory that is on which
 * host.
 */
public record JobLimits(int perHost, int perRepository) {
    /** A host's disks gain nothing by more, and a repository serves several hosts. */
    public static final JobLimits DEFAULT = new JobLimits(4, 8);

    /** Nobody waits for anybody. */
    public static final JobLimits NONE = new JobLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

    public JobLimits {
        if (perHost < 1 || perRepository < 1) {
            throw new IllegalArgumentException("no job would ever begin: " + perHost + ", " + perRepository);
        }
    }
}
