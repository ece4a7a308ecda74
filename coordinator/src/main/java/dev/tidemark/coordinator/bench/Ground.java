package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;
import java.util.List;

/** A database server with a migrated database, both thrown away at the end, and a stage for what else is needed. */
final class Ground implements AutoCloseable {
    private final Stage stage;
    private final Database database;

    private Ground(Stage stage, Database database) {
        this.stage = stage;
        this.database = database;
    }

    static Ground open() throws IOException {
        return open(false);
    }

    /** The same, on a server that also keeps when each transaction was committed. */
    static Ground openKeepingCommitMoments() throws IOException {
        return open(true);
    }

    private static Ground open(boolean keepsCommitMoments) throws IOException {
        Stage stage = Stage.open("tm-bench", false);
        try {
            if (keepsCommitMoments) {
                stage.database().keepCommitMoments();
            }
            stage.database().start();
            return new Ground(stage, Database.at(stage.database().address()));
        } catch (RuntimeException failure) {
            stage.close();
            throw failure;
        }
    }

    Stage stage() {
        return stage;
    }

    Database database() {
        return database;
    }

    /** What makes {@code serve} use this database. */
    List<String> serving() {
        return List.of(
                "--database-url",
                stage.database().address().url(),
                "--database-password-file",
                stage.database().address().ownerPasswordFile().orElseThrow().toString());
    }

    @Override
    public void close() {
        try (stage) {
            database.close();
        }
    }
}
