package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Which jobs were handed out, counted for all coordinators on a database.
 *
 * <p>Invariants: a place is given while its host's and its repository's locks are held until the commit, so that two coordinators never
 * count the same place as free. It is its operation's, and counts for as long as that has not ended: the end is written in the
 * transaction that appends it, so that no coordinator has to live to give a place back. A host that no coordinator has heard of for so
 * long as to be passed over keeps nobody else from a repository.
 */
public final class JobPlaces {
    private static final String LOCK = """
            SELECT pg_advisory_xact_lock(key)
              FROM (SELECT DISTINCT hashtextextended('tidemark.job_place ' || name, 0) AS key
                      FROM unnest(?::text[]) AS name ORDER BY 1) AS keys
            """;
    private static final String PLACED = "SELECT operation FROM tidemark.job_place WHERE operation = ANY (?)";
    /** Behind the locks, so that its snapshot has what their former holders committed. */
    private static final String AT_WORK = """
            SELECT p.operation, p.repository, v.host, o.vm,
                   (SELECT max(e.sequence_number) + 1 FROM tidemark.domain_event_entry e
                     WHERE e.aggregate_identifier = o.vm) AS version,
                   CASE o.kind WHEN 'BACKUP' THEN 'backup ' WHEN 'VERIFY' THEN 'verification of backup ' END
                       || o.target || ' of vm ' || v.name AS description
              FROM tidemark.job_place p
              JOIN tidemark.operation o ON o.id = p.operation AND o.ended_at IS NULL
              JOIN tidemark.vm v ON v.id = o.vm
             WHERE v.host = ?
                OR p.repository = ANY (?)
                   AND NOT EXISTS (SELECT FROM tidemark.gateway_lease l
                                    WHERE l.host = v.host
                                      AND l.heard_at < clock_timestamp() - make_interval(secs => ?))
             ORDER BY p.operation
            """;

    private static final String PLACE = """
            INSERT INTO tidemark.job_place (operation, repository, coordinator) VALUES (?, ?, ?)
            ON CONFLICT (operation) DO NOTHING
            """;
    private static final String TIDY = """
            DELETE FROM tidemark.job_place WHERE operation IN (
                SELECT p.operation FROM tidemark.job_place p
                  JOIN tidemark.operation o ON o.id = p.operation AND o.ended_at IS NOT NULL
                   FOR UPDATE OF p SKIP LOCKED)
            """;

    private final DataSource source;
    private final String coordinator;
    private final Duration silenceMax;

    /**
     * As one of the coordinators.
     *
     * @param coordinator what it calls itself
     * @param silenceMax a host of which nothing was heard for longer is passed over
     */
    public JobPlaces(DataSource source, String coordinator, Duration silenceMax) {
        this.source = source;
        this.coordinator = coordinator;
        this.silenceMax = silenceMax;
    }

    /** What is wished for a job. */
    public enum Wish {
        /** A place if there is one. */
        IF_FREE,
        /** A place whatever the limit: it is at work. */
        IN_ANY_CASE,
        /** Word of whether it has one. */
        NONE
    }

    /** A job of a host; the description is for people. */
    public record Job(String operation, String machine, String repository, Wish wish, String description) {}

    /** How many may be at work at a time. */
    public record Limits(int perHost, int perRepository) {}

    /** A job that has a place; the version is that of its machine's log as it was seen. */
    public record Holder(
            String operation, String machine, long version, String host, String repository, String description) {}

    /** A job without a place: its host has none or, if {@code host} is not set, its repository. */
    public record Refused(String operation, boolean host, List<Holder> holders) {}

    /** Who has a place now, and who would have liked one. */
    public record Answer(Set<String> placed, List<Refused> refused) {}

    /** Gives places in the order of the jobs; whoever has one keeps it. */
    public Answer take(String host, Limits limits, List<Job> jobs) {
        try (Connection connection = source.getConnection()) {
            Set<String> placed = placed(connection, jobs);
            List<Job> wanted = jobs.stream()
                    .filter(job -> job.wish() != Wish.NONE && !placed.contains(job.operation()))
                    .toList();
            List<Refused> refused = new ArrayList<>();
            if (!wanted.isEmpty()) {
                connection.setAutoCommit(false);
                try {
                    refused.addAll(place(connection, host, limits, wanted));
                    connection.commit();
                } catch (SQLException failure) {
                    connection.rollback();
                    throw failure;
                }
                wanted.forEach(job -> placed.add(job.operation()));
                refused.forEach(one -> placed.remove(one.operation()));
            }
            return new Answer(placed, refused);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private List<Refused> place(Connection connection, String host, Limits limits, List<Job> wanted)
            throws SQLException {
        List<String> repositories =
                wanted.stream().map(Job::repository).distinct().toList();
        lock(connection, host, repositories);
        List<Holder> atWork = atWork(connection, host, repositories);
        List<Refused> refused = new ArrayList<>();
        List<Job> given = new ArrayList<>();
        for (Job job : wanted) {
            if (atWork.stream().anyMatch(one -> one.operation().equals(job.operation()))) {
                // Another coordinator gave it one a moment ago.
                continue;
            }
            List<Holder> here =
                    atWork.stream().filter(one -> one.host().equals(host)).toList();
            List<Holder> there = atWork.stream()
                    .filter(one -> one.repository().equals(job.repository()))
                    .toList();
            if (job.wish() == Wish.IN_ANY_CASE
                    || (here.size() < limits.perHost() && there.size() < limits.perRepository())) {
                given.add(job);
                atWork.add(new Holder(
                        job.operation(), job.machine(), Long.MAX_VALUE, host, job.repository(), job.description()));
            } else {
                boolean hostIsFull = here.size() >= limits.perHost();
                refused.add(new Refused(job.operation(), hostIsFull, hostIsFull ? here : there));
            }
        }
        write(connection, given);
        return refused;
    }

    private static void lock(Connection connection, String host, List<String> repositories) throws SQLException {
        List<String> names = new ArrayList<>();
        names.add("host " + host);
        repositories.forEach(repository -> names.add("repository " + repository));
        try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            statement.execute();
        }
    }

    private static Set<String> placed(Connection connection, Collection<Job> jobs) throws SQLException {
        Set<String> placed = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(PLACED)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", jobs.stream().map(Job::operation).toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    placed.add(rows.getString(1));
                }
            }
        }
        return placed;
    }

    private List<Holder> atWork(Connection connection, String host, List<String> repositories) throws SQLException {
        List<Holder> holders = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(AT_WORK)) {
            statement.setString(1, host);
            statement.setArray(2, connection.createArrayOf("text", repositories.toArray()));
            statement.setDouble(3, silenceMax.toMillis() / 1_000.0);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    holders.add(new Holder(
                            rows.getString("operation"),
                            rows.getString("vm"),
                            rows.getLong("version"),
                            rows.getString("host"),
                            rows.getString("repository"),
                            rows.getString("description")));
                }
            }
        }
        return holders;
    }

    private void write(Connection connection, List<Job> given) throws SQLException {
        if (given.isEmpty()) {
            return;
        }
        try (PreparedStatement tidy = connection.prepareStatement(TIDY);
                PreparedStatement place = connection.prepareStatement(PLACE)) {
            tidy.executeUpdate();
            for (Job job : given) {
                place.setString(1, job.operation());
                place.setString(2, job.repository());
                place.setString(3, coordinator);
                place.addBatch();
            }
            place.executeBatch();
        }
    }
}
