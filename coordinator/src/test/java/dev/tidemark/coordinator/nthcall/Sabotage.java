package dev.tidemark.coordinator.nthcall;

import dev.tidemark.coordinator.CoordinatorRooms;
import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.ledger.Projection;
import dev.tidemark.schema.event.MachineEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Faults planted in the coordinator. None of them does any harm as long as no call fails. */
enum Sabotage {
    NONE {
        @Override
        CoordinatorRooms open(FailingDatabase database) {
            return CoordinatorRooms.open(database.source());
        }
    },
    /** Appends without the key under which it was asked: a repeat is another wish. */
    FORGETS_KEYS {
        @Override
        CoordinatorRooms open(FailingDatabase database) {
            return CoordinatorRooms.open(database.source(), CoordinatorRooms.readModels(), Sabotage::withoutKeys);
        }
    },
    /** Takes a commit for done whatever comes of it. */
    ACKNOWLEDGES_BEFORE_COMMIT {
        @Override
        CoordinatorRooms open(FailingDatabase database) {
            return CoordinatorRooms.open(connections(database.source(), Sabotage::deafToCommits));
        }
    },
    /** Writes the read models in a transaction of their own. */
    PROJECTS_BESIDE_THE_APPEND {
        @Override
        CoordinatorRooms open(FailingDatabase database) {
            Projection<MachineEvent> readModels = CoordinatorRooms.readModels();
            DataSource own = database.database().application();
            return CoordinatorRooms.open(
                    database.source(),
                    (event, connection) -> {
                        try (Connection beside = own.getConnection()) {
                            readModels.apply(event, beside);
                        }
                    },
                    UnaryOperator.identity());
        }
    },
    /** Does not give back a connection on which it had to roll back. */
    KEEPS_CONNECTIONS {
        @Override
        CoordinatorRooms open(FailingDatabase database) {
            return CoordinatorRooms.open(connections(database.source(), Sabotage::keptAfterRollback));
        }
    };

    abstract CoordinatorRooms open(FailingDatabase database);

    private static Engine withoutKeys(Engine engine) {
        return FailingDatabase.overriding(Engine.class, engine, (method, arguments) -> {
            if (method.getName().equals("submit")) {
                arguments[1] = new Caller("admin", Optional.empty());
            }
            return FailingDatabase.PASS;
        });
    }

    private static DataSource connections(DataSource source, UnaryOperator<Connection> changed) {
        return FailingDatabase.overriding(
                DataSource.class,
                source,
                (method, arguments) -> method.getName().equals("getConnection")
                        ? changed.apply(source.getConnection())
                        : FailingDatabase.PASS);
    }

    private static Connection deafToCommits(Connection real) {
        return FailingDatabase.overriding(Connection.class, real, (method, arguments) -> {
            if (!method.getName().equals("commit")) {
                return FailingDatabase.PASS;
            }
            try {
                real.commit();
            } catch (SQLException unheard) {
                return null;
            }
            return null;
        });
    }

    private static Connection keptAfterRollback(Connection real) {
        AtomicBoolean kept = new AtomicBoolean();
        return FailingDatabase.overriding(Connection.class, real, (method, arguments) -> {
            if (method.getName().equals("rollback")) {
                kept.set(true);
            }
            return method.getName().equals("close") && kept.get() ? null : FailingDatabase.PASS;
        });
    }
}
