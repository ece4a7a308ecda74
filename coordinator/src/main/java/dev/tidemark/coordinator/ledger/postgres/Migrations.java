package dev.tidemark.coordinator.ledger.postgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/** Brings the schema to this program's version. What it finds must be a prefix of what it knows; else nothing is changed. */
final class Migrations {
    static final String SCHEMA = "tidemark";

    private Migrations() {}

    static void run(DataSource owner) {
        Flyway flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(owner)
                .schemas(SCHEMA)
                .defaultSchema(SCHEMA)
                .locations("classpath:db/migration")
                .cleanDisabled(true)
                .validateMigrationNaming(true)
                .load();
        try {
            MigrationInfo[] migrations = flyway.info().all();
            refuseWhatWeDoNotKnow(migrations);
            // Flyway would look at all of it twice more, and that is a tenth of a coordinator's start.
            if (!Arrays.stream(migrations).allMatch(Migrations::isAsWeKnowIt)) {
                flyway.migrate();
            }
        } catch (FlywayException failure) {
            throw new DatabaseRefused.SchemaMismatch(
                    "The schema of the database cannot be brought up to date: " + failure.getMessage(), failure);
        }
    }

    /** Applied, and not another one than ours: what is not gets Flyway's own judgement. */
    private static boolean isAsWeKnowIt(MigrationInfo migration) {
        return migration.getState() == MigrationState.SUCCESS && migration.isChecksumMatching();
    }

    private static void refuseWhatWeDoNotKnow(MigrationInfo[] migrations) {
        List<String> newer = new ArrayList<>();
        for (MigrationInfo migration : migrations) {
            MigrationState state = migration.getState();
            String name = "V" + migration.getVersion() + " " + migration.getDescription();
            if (state.isFailed()) {
                throw new DatabaseRefused.SchemaMismatch(
                        "Migration " + name
                                + " of the database was begun and not finished: restore the database from its"
                                + " backup, or repair it by hand, before a coordinator works on it.",
                        null);
            }
            if (state.isApplied() && !state.isResolved()) {
                newer.add(name);
            }
        }
        if (!newer.isEmpty()) {
            throw new DatabaseRefused.SchemaMismatch(
                    "The database was written by a newer Tidemark (" + String.join(", ", newer)
                            + "): start that version; this one would not understand it.",
                    null);
        }
    }
}
