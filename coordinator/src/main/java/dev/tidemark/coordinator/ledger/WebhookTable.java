package dev.tidemark.coordinator.ledger;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks and where they stand, for all coordinators of a database.
 *
 * <p>Invariant: a position moves only from where its mover saw it. Of two that believe to be the one who sends, the second moves nothing.
 */
public final class WebhookTable {
    private static final String WEBHOOKS = """
        SELECT w.*,
               greatest(0, extract(epoch FROM w.next_attempt_at - clock_timestamp()) * 1000)::bigint AS wait_milliseconds,
               (SELECT count(*) FROM tidemark.webhook_dead_letter d
                 WHERE d.webhook = w.id AND d.redelivered_at IS NULL) AS dead_letters
          FROM tidemark.webhook w
        """;
    private static final String FORGET_ATTEMPTS = " attempts = 0, first_attempt_at = NULL, last_attempt_at = NULL,"
            + " next_attempt_at = NULL, trouble = NULL ";
    private static final String WHERE_SEEN = " WHERE id = ? AND position = ? AND disabled_because IS NULL";

    private final DataSource source;

    public WebhookTable(DataSource source) {
        this.source = source;
    }

    /** Makes one; false if there is another one of this name. */
    public boolean create(WebhookRow.New webhook) {
        return changed(
                """
                INSERT INTO tidemark.webhook (id, name, url, events, machines, secret, created_by, position)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
                """,
                webhook.id(),
                webhook.name(),
                webhook.url(),
                webhook.events(),
                webhook.machines(),
                webhook.secret(),
                webhook.createdBy(),
                webhook.position());
    }

    /** By name. */
    public List<WebhookRow> all() {
        return list(WEBHOOKS + "ORDER BY w.name", WebhookTable::webhook);
    }

    public Optional<WebhookRow> find(String nameOrId) {
        return list(
                        WEBHOOKS + "WHERE w.id = ? OR w.name = ? ORDER BY (w.id = ?) DESC LIMIT 1",
                        WebhookTable::webhook,
                        nameOrId,
                        nameOrId,
                        nameOrId)
                .stream()
                .findFirst();
    }

    /** With all that it had to be told still, and its dead letters. */
    public boolean delete(String id) {
        return changed("DELETE FROM tidemark.webhook WHERE id = ?", id);
    }

    /** Goes on where it stopped, at once. */
    public boolean enable(String id) {
        return changed("UPDATE tidemark.webhook SET disabled_because = NULL, " + FORGET_ATTEMPTS + " WHERE id = ?", id);
    }

    /** Sends nothing any more; what it has to be told stays in the log, behind its position. */
    public boolean disable(String id, String because) {
        return changed("UPDATE tidemark.webhook SET disabled_because = ? WHERE id = ?", because, id);
    }

    /** Signs with another secret, and with the one before too. */
    public boolean rotate(String id, String secret) {
        return changed("UPDATE tidemark.webhook SET former_secret = secret, secret = ? WHERE id = ?", secret, id);
    }

    /** Signs with the newest secret alone. */
    public boolean endRotation(String id) {
        return changed("UPDATE tidemark.webhook SET former_secret = NULL WHERE id = ?", id);
    }

    /** Nothing between is for this webhook. */
    public boolean passed(WebhookRow webhook, long to) {
        return changed("UPDATE tidemark.webhook SET position = ?" + WHERE_SEEN, to, webhook.id(), webhook.position());
    }

    /** The next event was accepted. */
    public boolean delivered(String id, long from, long index) {
        return changed(
                "UPDATE tidemark.webhook SET position = ?, delivered = delivered + 1, delivered_at ="
                        + " clock_timestamp(), "
                        + FORGET_ATTEMPTS + WHERE_SEEN,
                index,
                id,
                from);
    }

    /** The next event was not accepted, and is tried again after a while. */
    public boolean failed(String id, long from, String trouble, Duration pause) {
        return changed("""
            UPDATE tidemark.webhook
               SET attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, clock_timestamp()),
                   last_attempt_at = clock_timestamp(), trouble = ?,
                   next_attempt_at = clock_timestamp() + make_interval(secs => ?)
            """ + WHERE_SEEN, trouble, pause.toMillis() / 1000.0, id, from);
    }

    /** The next event was not accepted for the last time: kept aside, so that those behind it are told. */
    public boolean buried(String id, long from, long index, String type, String trouble) {
        return changed("""
            WITH given_up AS (
                UPDATE tidemark.webhook w SET position = ?, attempts = 0, first_attempt_at = NULL, last_attempt_at = NULL,
                                              next_attempt_at = NULL, trouble = NULL
                  FROM tidemark.webhook old
                 WHERE w.id = ? AND w.position = ? AND w.disabled_because IS NULL AND old.id = w.id
                RETURNING w.id, old.attempts, coalesce(old.first_attempt_at, clock_timestamp()) AS first_attempt_at)
            INSERT INTO tidemark.webhook_dead_letter (webhook, log_index, event_type, attempts, first_attempt_at, trouble)
            SELECT id, ?, ?, attempts + 1, first_attempt_at, ? FROM given_up
            """, index, id, from, index, type, trouble);
    }

    /** The next so many behind an index, in the order of the log. */
    public List<WebhookRow.DeadLetter> deadLetters(String id, long after, int limit) {
        return list(
                "SELECT * FROM tidemark.webhook_dead_letter WHERE webhook = ? AND log_index > ? ORDER BY log_index LIMIT ?",
                WebhookTable::deadLetter,
                id,
                after,
                limit);
    }

    /** Those that somebody wants to be tried once more. */
    public List<WebhookRow.DeadLetter> requested(String id) {
        return list(
                "SELECT * FROM tidemark.webhook_dead_letter WHERE webhook = ? AND requested_at IS NOT NULL ORDER BY"
                        + " log_index",
                WebhookTable::deadLetter,
                id);
    }

    /** Has one tried once more; false if there is no such dead letter. */
    public boolean request(String id, long index) {
        return changed(
                "UPDATE tidemark.webhook_dead_letter SET requested_at = clock_timestamp(), redelivered_at = NULL"
                        + " WHERE webhook = ? AND log_index = ?",
                id,
                index);
    }

    /** It was accepted after all. */
    public boolean redelivered(String id, long index) {
        return changed(
                "UPDATE tidemark.webhook_dead_letter SET requested_at = NULL, redelivered_at = clock_timestamp(),"
                        + " attempts = attempts + 1 WHERE webhook = ? AND log_index = ?",
                id,
                index);
    }

    /** It was not accepted this time either. */
    public boolean refusedAgain(String id, long index, String trouble) {
        return changed(
                "UPDATE tidemark.webhook_dead_letter SET requested_at = NULL, trouble = ?, attempts = attempts + 1"
                        + " WHERE webhook = ? AND log_index = ?",
                trouble,
                id,
                index);
    }

    private boolean changed(String text, Object... values) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(text)) {
            fill(connection, statement, values);
            return statement.executeUpdate() > 0;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private <T> List<T> list(String text, Reading<T> reading, Object... values) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(text)) {
            fill(connection, statement, values);
            List<T> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reading.of(rows));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private static void fill(Connection connection, PreparedStatement statement, Object... values) throws SQLException {
        for (int index = 0; index < values.length; index++) {
            Object value = values[index];
            statement.setObject(
                    index + 1,
                    value instanceof List<?> texts ? connection.createArrayOf("text", texts.toArray()) : value);
        }
    }

    /** What is made of a row. */
    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private static WebhookRow webhook(ResultSet row) throws SQLException {
        Array events = row.getArray("events");
        int attempts = row.getInt("attempts");
        return new WebhookRow(
                row.getString("id"),
                row.getString("name"),
                row.getString("url"),
                Arrays.stream((Object[]) events.getArray())
                        .map(String.class::cast)
                        .toList(),
                row.getString("machines"),
                row.getString("secret"),
                Optional.ofNullable(row.getString("former_secret")),
                moment(row, "created_at"),
                row.getString("created_by"),
                Optional.ofNullable(row.getString("disabled_because")),
                row.getLong("position"),
                row.getLong("delivered"),
                perhaps(row, "delivered_at"),
                attempts == 0
                        ? Optional.empty()
                        : Optional.of(new WebhookRow.Trying(
                                attempts,
                                moment(row, "first_attempt_at"),
                                moment(row, "last_attempt_at"),
                                moment(row, "next_attempt_at"),
                                row.getLong("wait_milliseconds"),
                                row.getString("trouble"))),
                row.getLong("dead_letters"));
    }

    private static WebhookRow.DeadLetter deadLetter(ResultSet row) throws SQLException {
        return new WebhookRow.DeadLetter(
                row.getLong("log_index"),
                row.getString("event_type"),
                row.getInt("attempts"),
                moment(row, "first_attempt_at"),
                moment(row, "given_up_at"),
                row.getString("trouble"),
                perhaps(row, "requested_at"),
                perhaps(row, "redelivered_at"));
    }

    private static Instant moment(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Optional<Instant> perhaps(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? Optional.empty() : Optional.of(moment.toInstant());
    }
}
