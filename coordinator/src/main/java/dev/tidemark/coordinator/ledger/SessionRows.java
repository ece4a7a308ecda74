package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sessions of the pages, as every coordinator on this database knows them. By the database's clock alone they begin and end. */
public final class SessionRows {
    private static final int PER_OWNER_MAX = 64;

    private static final String TIDY = """
            DELETE FROM tidemark.dashboard_session_entry
             WHERE expires_at <= clock_timestamp()
                OR hash IN (SELECT hash FROM tidemark.dashboard_session_entry WHERE coalesce(token, administrator) = ?
                             ORDER BY opened_at DESC OFFSET ?)
            """;
    private static final String OPEN = """
            INSERT INTO tidemark.dashboard_session_entry (hash, token, administrator, opened_at, expires_at)
            VALUES (?, ?, ?, clock_timestamp(), clock_timestamp() + ? * interval '1 second')
            """;
    private static final String FIND =
            "SELECT * FROM tidemark.dashboard_session_entry WHERE hash = ? AND expires_at > clock_timestamp()";
    private static final String END = "DELETE FROM tidemark.dashboard_session_entry WHERE hash = ?";

    private final DataSource source;

    public SessionRows(DataSource source) {
        this.source = source;
    }

    /**
     * An open session: somebody's who has a token, or the administrator's.
     *
     * @param token its id
     * @param administrator the fingerprint of the administrator's token
     */
    public record Session(Optional<String> token, Optional<String> administrator, Instant expiresAt) {}

    /** Opens one; the oldest of very many of the same owner end. */
    public void open(String hash, Optional<String> token, Optional<String> administrator, long seconds) {
        String owner = token.or(() -> administrator).orElseThrow();
        try (Connection connection = source.getConnection();
                PreparedStatement tidy = connection.prepareStatement(TIDY);
                PreparedStatement open = connection.prepareStatement(OPEN)) {
            tidy.setString(1, owner);
            tidy.setInt(2, PER_OWNER_MAX - 1);
            tidy.executeUpdate();
            open.setString(1, hash);
            open.setString(2, token.orElse(null));
            open.setString(3, administrator.orElse(null));
            open.setLong(4, seconds);
            open.executeUpdate();
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** The session of this hash, if it is open. */
    public Optional<Session> find(String hash) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, hash);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                @Nullable String token = row.getString("token");
                @Nullable String administrator = row.getString("administrator");
                return Optional.of(new Session(
                        Optional.ofNullable(token),
                        Optional.ofNullable(administrator),
                        row.getObject("expires_at", OffsetDateTime.class).toInstant()));
            }
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Ends one, if it is there. */
    public void end(String hash) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(END)) {
            statement.setString(1, hash);
            statement.executeUpdate();
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }
}
