package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What coordinators tell each other besides the log: what was seen of machines, how far operations are, and wishes for a look. The
 * contents are theirs; a notice goes out with each, on the channel of commits. And for the pages of all of them, how much was marked in the
 * hours of the last days.
 */
public final class GatewayBoard {
    /** Rows are written by clocks that are read a moment before others can see them. */
    private static final Duration OVERLAP = Duration.ofSeconds(2);

    private static final String OPEN_LOOKS =
            "SELECT id, machine, dry FROM tidemark.look_request WHERE answer IS NULL AND host = ANY (?)";
    private static final String ASK = "INSERT INTO tidemark.look_request (id, host, machine, dry) VALUES (?, ?, ?, ?)";
    private static final String ANSWER = "UPDATE tidemark.look_request SET answer = ?::jsonb WHERE id = ?";
    private static final String TAKE_ANSWER =
            "DELETE FROM tidemark.look_request WHERE id = ? AND answer IS NOT NULL RETURNING answer";
    private static final String WITHDRAW = "DELETE FROM tidemark.look_request WHERE id = ?";
    /** Of an hour the last that was told of it stays. */
    private static final String MARKED = """
            INSERT INTO tidemark.dirty_hour (machine, disk, hour, bytes)
            VALUES (?, ?, date_bin('1 hour', clock_timestamp(), TIMESTAMPTZ 'epoch'), ?)
            ON CONFLICT (machine, disk, hour) DO UPDATE SET bytes = EXCLUDED.bytes
            """;

    private static final List<String> TIDY = List.of(
            "DELETE FROM tidemark.dirty_hour WHERE hour < clock_timestamp() - interval '8 days'",
            "DELETE FROM tidemark.look_request WHERE asked_at < clock_timestamp() - interval '10 minutes'",
            "DELETE FROM tidemark.operation_progress WHERE changed_at < clock_timestamp() - interval '1 hour'");

    private final DataSource source;
    private final String coordinator;

    /** As one of the coordinators, under its name. */
    public GatewayBoard(DataSource source, String coordinator) {
        this.source = source;
        this.coordinator = coordinator;
    }

    /** What is told of. */
    public enum Topic {
        SIGHT("machine_sight", "machine", "sight"),
        PROGRESS("operation_progress", "operation", "step");

        private final String upsert;
        private final String news;

        Topic(String table, String key, String content) {
            this.upsert = "INSERT INTO tidemark." + table + " (" + key + ", coordinator, " + content + ")"
                    + " VALUES (?, ?, ?::jsonb) ON CONFLICT (" + key
                    + ") DO UPDATE SET coordinator = EXCLUDED.coordinator, "
                    + content + " = EXCLUDED." + content + ", changed_at = clock_timestamp()";
            this.news = "SELECT " + key + " AS key, " + content + " AS content, changed_at FROM tidemark." + table
                    + " WHERE changed_at > ? AND coordinator <> ? ORDER BY changed_at";
        }
    }

    /** What another coordinator told. */
    public record Told(String key, String content, Instant changedAt) {}

    /** How many bytes the bitmap marks that records the changes of a disk. */
    public record Marked(String machine, String disk, long bytes) {}

    /** A wish for a look that nobody has answered. */
    public record WantedLook(String id, String machine, boolean dry) {}

    /** Tells the others. */
    public void tell(Topic topic, Map<String, String> contents) {
        try (Connection connection = source.getConnection()) {
            try (PreparedStatement statement = connection.prepareStatement(topic.upsert)) {
                for (Map.Entry<String, String> one : contents.entrySet()) {
                    statement.setString(1, one.getKey());
                    statement.setString(2, coordinator);
                    statement.setString(3, one.getValue());
                    statement.addBatch();
                }
                statement.executeBatch();
            }
            CommitNotice.send(connection);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Keeps, for people, how much is marked in this hour. */
    public void marked(List<Marked> disks) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(MARKED)) {
            for (Marked one : disks) {
                statement.setString(1, one.machine());
                statement.setString(2, one.disk());
                statement.setLong(3, one.bytes());
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** What others told since, with some of what was known: {@code since} is the newest moment that was heard of. */
    public List<Told> news(Topic topic, Instant since) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(topic.news)) {
            statement.setObject(1, OffsetDateTime.ofInstant(since.minus(OVERLAP), ZoneOffset.UTC));
            statement.setString(2, coordinator);
            List<Told> told = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    told.add(new Told(
                            rows.getString("key"),
                            rows.getString("content"),
                            rows.getObject("changed_at", OffsetDateTime.class).toInstant()));
                }
            }
            return told;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Asks whoever serves the host to have a machine looked at. */
    public void askForLook(String id, String host, String machine, boolean dry) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(ASK)) {
            statement.setString(1, id);
            statement.setString(2, host);
            statement.setString(3, machine);
            statement.setBoolean(4, dry);
            statement.executeUpdate();
            CommitNotice.send(connection);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** The wishes for looks on these hosts. */
    public List<WantedLook> wantedLooks(List<String> hosts) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(OPEN_LOOKS)) {
            statement.setArray(1, connection.createArrayOf("text", hosts.toArray()));
            List<WantedLook> wanted = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    wanted.add(new WantedLook(rows.getString("id"), rows.getString("machine"), rows.getBoolean("dry")));
                }
            }
            return wanted;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Answers one; nobody may want to know any more. */
    public void answer(String id, String answer) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(ANSWER)) {
            statement.setString(1, answer);
            statement.setString(2, id);
            statement.executeUpdate();
            CommitNotice.send(connection);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** The answer to one that was asked for, once. */
    public Optional<String> takeAnswer(String id) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(TAKE_ANSWER)) {
            statement.setString(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Wants no answer any more. */
    public void withdraw(String id) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(WITHDRAW)) {
            statement.setString(1, id);
            statement.executeUpdate();
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Removes what nobody can want any more. */
    public void tidy() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : TIDY) {
                statement.executeUpdate(one);
            }
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }
}
