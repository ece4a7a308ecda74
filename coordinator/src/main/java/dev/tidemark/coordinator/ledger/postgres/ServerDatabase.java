package dev.tidemark.coordinator.ledger.postgres;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A database on a server that somebody else runs; looked over before it is trusted. */
final class ServerDatabase implements Database {
    private final ServerAddress address;
    private final DataSource migration;
    private final HikariDataSource application;

    private ServerDatabase(ServerAddress address, DataSource migration, HikariDataSource application) {
        this.address = address;
        this.migration = migration;
        this.application = application;
    }

    static ServerDatabase open(ServerAddress address) {
        PGSimpleDataSource owner = asOwner(address);
        ServerInspection.check(owner, address.shown());
        Migrations.run(owner);
        HikariDataSource application = applicationPool(address);
        try {
            // Once more, for this role: ALTER ROLE … SET synchronous_commit can make one role careless.
            ServerInspection.check(application, address.shown());
            HistoryProtection.check(application, address.shown());
            return new ServerDatabase(address, owner, application);
        } catch (RuntimeException failure) {
            application.close();
            throw failure;
        }
    }

    private static PGSimpleDataSource asOwner(ServerAddress address) {
        @Nullable
        String password = address.ownerPasswordFile()
                .map(PasswordFile::new)
                .map(PasswordFile::read)
                .orElse(null);
        return DataSources.plain(address.url(), null, password);
    }

    private static HikariDataSource applicationPool(ServerAddress address) {
        return address.applicationLogin()
                .map(login -> DataSources.pooled(
                        DataSources.plain(
                                address.url(),
                                DataSources.APPLICATION_ROLE,
                                new PasswordFile(login.passwordFile()).read()),
                        false))
                .orElseGet(() -> DataSources.pooled(asOwner(address), true));
    }

    @Override
    public DataSource application() {
        return application;
    }

    @Override
    public DataSource migration() {
        return migration;
    }

    @Override
    public String description() {
        return address.shown();
    }

    @Override
    public void close() {
        application.close();
    }
}
