package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.id.HostName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Which gateway serves which host, for all coordinators on a database. Time is the database's: coordinators' clocks may differ.
 *
 * <p>Invariants: a host's epoch grows by one with each holder, and with each life of a holder; it is never given twice. What is recorded
 * under {@link #under} is committed before the next epoch begins, or not at all.
 */
public final class GatewayLeases {
    private static final String RENEW = """
            UPDATE tidemark.gateway_lease
               SET heard_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => ?),
                   coordinator = ?, version = ?
             WHERE host = ? AND instance = ? AND epoch = ?
            """;
    private static final String TAKE = """
            INSERT INTO tidemark.gateway_lease AS held (host, epoch, instance, coordinator, version, expires_at)
            VALUES (?, 1, ?, ?, ?, clock_timestamp() + make_interval(secs => ?))
            ON CONFLICT (host) DO UPDATE
               SET epoch = held.epoch + 1, instance = EXCLUDED.instance, coordinator = EXCLUDED.coordinator,
                   version = EXCLUDED.version, granted_at = clock_timestamp(), heard_at = clock_timestamp(),
                   expires_at = EXCLUDED.expires_at
             WHERE held.instance = EXCLUDED.instance OR held.expires_at <= clock_timestamp() OR ?
            RETURNING epoch
            """;
    private static final String LEAVE = """
            UPDATE tidemark.gateway_lease SET expires_at = least(expires_at, clock_timestamp())
             WHERE host = ? AND instance = ? AND epoch = ?
            """;
    private static final String ALL = """
            SELECT host, epoch, instance, coordinator, version, granted_at, heard_at, expires_at,
                   expires_at > clock_timestamp() AS live,
                   extract(epoch FROM clock_timestamp() - heard_at) AS silent_seconds,
                   extract(epoch FROM expires_at - clock_timestamp()) AS left_seconds
              FROM tidemark.gateway_lease
            """;
    private static final String EPOCH = "SELECT epoch FROM tidemark.gateway_lease WHERE host = ? FOR KEY SHARE";

    private final DataSource source;
    private final String coordinator;
    private final Duration lasts;

    /**
     * As one of the coordinators.
     *
     * @param coordinator what it calls itself
     * @param lasts for how long a lease is granted
     */
    public GatewayLeases(DataSource source, String coordinator, Duration lasts) {
        this.source = source;
        this.coordinator = coordinator;
        this.lasts = lasts;
    }

    /**
     * A host's newest holder.
     *
     * @param coordinator the one that it asked last
     * @param live whether the lease has not run out
     * @param silentSeconds since its holder was heard
     * @param leftSeconds until it runs out
     */
    public record Holding(
            String host,
            long epoch,
            String instance,
            String coordinator,
            String version,
            Instant grantedAt,
            Instant heardAt,
            Instant expiresAt,
            boolean live,
            double silentSeconds,
            double leftSeconds) {}

    /** Grants, renews or ends a lease, or says who has it. */
    public Lease claim(HostName host, Claim claim) {
        try (Connection connection = source.getConnection()) {
            return switch (claim.kind()) {
                case HOLD -> claim.epoch() == 0 ? take(connection, host, claim) : renew(connection, host, claim);
                case TAKE_OVER -> take(connection, host, claim);
                case LEAVE -> leave(connection, host, claim);
            };
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private Lease renew(Connection connection, HostName host, Claim claim) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
            statement.setDouble(1, seconds());
            statement.setString(2, coordinator);
            statement.setString(3, claim.version());
            statement.setString(4, host.value());
            statement.setString(5, claim.instance());
            statement.setLong(6, claim.epoch());
            return statement.executeUpdate() == 1 ? granted(claim.epoch()) : Lease.refused(holder(connection, host));
        }
    }

    private Lease take(Connection connection, HostName host, Claim claim) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setString(1, host.value());
            statement.setString(2, claim.instance());
            statement.setString(3, coordinator);
            statement.setString(4, claim.version());
            statement.setDouble(5, seconds());
            statement.setBoolean(6, claim.kind() == Claim.Kind.TAKE_OVER);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? granted(rows.getLong(1)) : Lease.refused(holder(connection, host));
            }
        }
    }

    private static Lease leave(Connection connection, HostName host, Claim claim) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEAVE)) {
            statement.setString(1, host.value());
            statement.setString(2, claim.instance());
            statement.setLong(3, claim.epoch());
            statement.executeUpdate();
        }
        return Lease.refused("nobody");
    }

    private Lease granted(long epoch) {
        return Lease.granted(epoch, lasts.toMillis());
    }

    private double seconds() {
        return lasts.toMillis() / 1_000.0;
    }

    private static String holder(Connection connection, HostName host) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ALL + " WHERE host = ?")) {
            statement.setString(1, host.value());
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return "nobody";
                }
                Holding holding = holding(rows);
                return "gateway " + holding.instance() + " (epoch " + holding.epoch() + ", last heard "
                        + Math.round(holding.silentSeconds()) + " s ago by coordinator " + holding.coordinator() + ")";
            }
        }
    }

    /** The newest holder of each host that ever had one, by host. */
    public List<Holding> all() {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(ALL + " ORDER BY host");
                ResultSet rows = statement.executeQuery()) {
            List<Holding> all = new ArrayList<>();
            while (rows.next()) {
                all.add(holding(rows));
            }
            return all;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private static Holding holding(ResultSet row) throws SQLException {
        return new Holding(
                row.getString("host"),
                row.getLong("epoch"),
                row.getString("instance"),
                row.getString("coordinator"),
                row.getString("version"),
                row.getObject("granted_at", OffsetDateTime.class).toInstant(),
                row.getObject("heard_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("live"),
                row.getDouble("silent_seconds"),
                row.getDouble("left_seconds"));
    }

    /** Nothing was recorded: the host has another epoch. */
    public static final class Fenced extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fenced(HostName host, OptionalLong told, @Nullable Long now) {
            super("the gateway of host " + host + " reports under "
                    + (told.isPresent() ? "epoch " + told.getAsLong() : "no epoch") + ", and the host has "
                    + (now == null ? "none" : "epoch " + now));
        }
    }

    /**
     * Holds in the transaction that appends: the epoch is the host's newest, and stays so until the commit.
     *
     * @throws Fenced out of the command, of which nothing is appended then
     */
    public static Ledger.Condition under(HostName host, OptionalLong epoch) {
        return connection -> {
            try (PreparedStatement statement = connection.prepareStatement(EPOCH)) {
                statement.setString(1, host.value());
                try (ResultSet rows = statement.executeQuery()) {
                    @Nullable Long now = rows.next() ? (Long) rows.getLong(1) : null;
                    if (now == null || epoch.isEmpty() || now != epoch.getAsLong()) {
                        throw new Fenced(host, epoch, now);
                    }
                }
            }
        };
    }
}
