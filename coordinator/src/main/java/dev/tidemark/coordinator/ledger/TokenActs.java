package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What was done with API tokens: appended, never changed. What a token may do now follows from its acts, for every coordinator alike. */
public final class TokenActs {
    private static final String TOKENS =
            "SELECT *, revoked_at IS NULL AND expires_at > clock_timestamp() AS valid" + " FROM tidemark.api_token ";
    private static final String PAGE = """
            SELECT t.*, t.revoked_at IS NULL AND t.expires_at > clock_timestamp() AS valid, made.number
              FROM tidemark.api_token_entry made JOIN tidemark.api_token t ON t.token = made.token
             WHERE made.act = 'CREATED' AND made.number > ?
             ORDER BY made.number LIMIT ?
            """;
    private static final String CREATE = """
            INSERT INTO tidemark.api_token_entry
                (token, act, by_whom, name, role, machines, host, hash, hint, certificate, expires_at,
                 circumstances)
            VALUES (?, 'CREATED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::json)
            """;
    private static final String REVOKE = """
            INSERT INTO tidemark.api_token_entry (token, act, by_whom, circumstances)
            SELECT token, 'REVOKED', ?, ?::json FROM tidemark.api_token WHERE token = ? AND revoked_at IS NULL
            ON CONFLICT (token, act) DO NOTHING
            """;

    private final DataSource source;

    public TokenActs(DataSource source) {
        this.source = source;
    }

    /**
     * A token, or a certificate that stands for one, as its acts tell.
     *
     * @param machines the names that it reaches, as a pattern
     * @param host of a gateway
     * @param hint the token's first characters, for people who have several
     * @param certificate by what the certificate is known
     * @param valid neither revoked nor expired, by the database's clock
     */
    public record Token(
            String id,
            String name,
            String role,
            String machines,
            @Nullable String host,
            @Nullable String hint,
            @Nullable String certificate,
            Instant expiresAt,
            Instant createdAt,
            String createdBy,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,
            boolean valid) {}

    /**
     * A token or a certificate that is to be.
     *
     * @param secret of a token
     * @param certificate of a certificate
     */
    public record NewToken(
            String id,
            String name,
            String role,
            String machines,
            @Nullable String host,
            @Nullable Secret secret,
            @Nullable String certificate,
            Instant expiresAt) {}

    /**
     * What is kept of a token's text.
     *
     * @param hash of all of it
     * @param hint its first characters
     */
    public record Secret(String hash, String hint) {}

    /**
     * Records a new one; empty if the name was given before.
     *
     * @param circumstances from where and by what request, as the log keeps them beside its events
     */
    public Optional<Token> create(NewToken token, String byWhom, Map<String, String> circumstances) {
        @Nullable Secret secret = token.secret();
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(CREATE)) {
            int column = 0;
            for (@Nullable
            String value : Arrays.asList(
                    token.id(),
                    byWhom,
                    token.name(),
                    token.role(),
                    token.machines(),
                    token.host(),
                    secret == null ? null : secret.hash(),
                    secret == null ? null : secret.hint(),
                    token.certificate())) {
                statement.setString(++column, value);
            }
            statement.setObject(++column, OffsetDateTime.ofInstant(token.expiresAt(), ZoneOffset.UTC));
            statement.setString(++column, Json.MAPPER.writeValueAsString(circumstances));
            statement.executeUpdate();
        } catch (SQLException failure) {
            if (SqlStates.isDuplicateKey(failure)) {
                return Optional.empty();
            }
            throw Sorting.ofReading(failure);
        }
        return byId(token.id());
    }

    /** Ends one for good; false if that was done before. */
    public boolean revoke(String id, String byWhom, Map<String, String> circumstances) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(REVOKE)) {
            statement.setString(1, byWhom);
            statement.setString(2, Json.MAPPER.writeValueAsString(circumstances));
            statement.setString(3, id);
            return statement.executeUpdate() > 0;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    public Optional<Token> byHash(String hash) {
        return found("WHERE hash = ?", hash).stream().findFirst();
    }

    /** Those that are valid now and known by one of these names. */
    public List<Token> validByCertificate(Collection<String> names) {
        String marks = String.join(", ", Collections.nCopies(names.size(), "?"));
        return found(
                "WHERE certificate IN (" + marks + ") AND revoked_at IS NULL AND expires_at > clock_timestamp()",
                names.toArray(String[]::new));
    }

    public Optional<Token> byId(String id) {
        return found("WHERE token = ?", id).stream().findFirst();
    }

    public Optional<Token> byName(String name) {
        return found("WHERE name = ?", name).stream().findFirst();
    }

    /** Those that were made after the entry of this number, oldest first, each with the number of its own. */
    public SequencedMap<Long, Token> after(long number, int limit) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(PAGE)) {
            statement.setLong(1, number);
            statement.setInt(2, limit);
            SequencedMap<Long, Token> tokens = new LinkedHashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tokens.put(rows.getLong("number"), token(rows));
                }
            }
            return tokens;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private List<Token> found(String condition, String... values) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(TOKENS + condition)) {
            for (int index = 0; index < values.length; index++) {
                statement.setString(index + 1, values[index]);
            }
            List<Token> tokens = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tokens.add(token(rows));
                }
            }
            return tokens;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private static Token token(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime revoked = row.getObject("revoked_at", OffsetDateTime.class);
        return new Token(
                row.getString("token"),
                row.getString("name"),
                row.getString("role"),
                row.getString("machines"),
                row.getString("host"),
                row.getString("hint"),
                row.getString("certificate"),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                revoked == null ? null : revoked.toInstant(),
                row.getString("revoked_by"),
                row.getBoolean("valid"));
    }
}
