package dev.tidemark.coordinator.nthcall;

import dev.tidemark.coordinator.CoordinatorRooms;
import dev.tidemark.coordinator.testkit.TestDatabase;
import java.time.Duration;

/** A coordinator over a database that can fail, and all that is needed to use and to judge it. */
final class Stage implements AutoCloseable {
    final FailingDatabase database;
    final CoordinatorRooms rooms;
    final Client client;
    final ReadModels readModels;

    /** For sessions to be given back: where they never are, because that is the fault, nobody waits for them for long. */
    final Duration sessionsRestLimit;

    private int lives;

    Stage(Sabotage sabotage) {
        sessionsRestLimit = Duration.ofSeconds(sabotage == Sabotage.NONE ? 60 : 5);
        database = new FailingDatabase(TestDatabase.fresh());
        rooms = sabotage.open(database);
        client = new Client(rooms.url(), rooms.secret());
        readModels = new ReadModels(database.database());
    }

    /** A machine that nobody has heard of. */
    Life life() {
        return new Life(this, "vm" + ++lives);
    }

    @Override
    public void close() {
        client.close();
        rooms.close();
        database.close();
    }
}
