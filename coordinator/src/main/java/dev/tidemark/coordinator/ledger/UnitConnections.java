package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.axonframework.common.jdbc.ConnectionProvider;
import org.axonframework.common.jdbc.ConnectionWrapperFactory;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection and one transaction for each unit of work: what is read, appended and projected in it stands or falls
 * together. Axon has the like; this one tells a failed commit, whose outcome is open, from all other failures.
 */
final class UnitConnections implements ConnectionProvider, TransactionManager {
    private static final Logger LOG = LoggerFactory.getLogger(UnitConnections.class);
    private static final String CONNECTION = UnitConnections.class.getName() + ".connection";

    private final DataSource source;

    UnitConnections(DataSource source) {
        this.source = source;
    }

    /** The commit was sent and something went wrong. */
    static final class CommitFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int serverProcess;

        CommitFailed(int serverProcess, SQLException cause) {
            super(cause);
            this.serverProcess = serverProcess;
        }

        /** The server's process that was told to commit. */
        int serverProcess() {
            return serverProcess;
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        UnitOfWork<?> unit = CurrentUnitOfWork.get().root();
        Connection connection = unit.getResource(CONNECTION);
        return connection == null ? begin(unit) : connection;
    }

    private Connection begin(UnitOfWork<?> unit) throws SQLException {
        Connection connection = source.getConnection();
        try {
            connection.setAutoCommit(false);
            int serverProcess = connection.unwrap(PGConnection.class).getBackendPID();
            unit.onCommit(committing -> commit(connection, serverProcess));
            unit.onRollback(rollingBack -> rollBack(connection));
            unit.onCleanup(ended -> close(connection));
        } catch (SQLException failure) {
            close(connection);
            throw failure;
        }
        // Whoever gets it may neither close nor commit it.
        Connection shared = ConnectionWrapperFactory.wrap(connection, new ConnectionWrapperFactory.NoOpCloseHandler());
        unit.resources().put(CONNECTION, shared);
        return shared;
    }

    private static void commit(Connection connection, int serverProcess) {
        try {
            // The driver (42.7.14) reports success for the commit of a failed transaction, which the server rolls back.
            if (connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED) {
                throw new SQLException("an error in this transaction was passed over", SqlStates.FAILED_TRANSACTION);
            }
            connection.commit();
        } catch (SQLException failure) {
            throw new CommitFailed(serverProcess, failure);
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException failure) {
            // The server rolls back what it is not told to commit; the cause of it all is on its way to the caller.
            LOG.debug("A rollback was not confirmed", failure);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException failure) {
            LOG.debug("A connection was not closed in order", failure);
        }
    }

    /** A unit of work of its own, for work outside of commands. */
    @Override
    public Transaction startTransaction() {
        UnitOfWork<?> unit = DefaultUnitOfWork.startAndGet(null);
        return new Transaction() {
            @Override
            public void commit() {
                unit.commit();
            }

            @Override
            public void rollback() {
                if (unit.isActive()) {
                    unit.rollback();
                }
            }
        };
    }
}
