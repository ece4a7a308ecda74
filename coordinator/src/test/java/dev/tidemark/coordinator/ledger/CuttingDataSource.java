package dev.tidemark.coordinator.ledger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/** A network that breaks at one commit: once, before or after the server has heard of it. */
final class CuttingDataSource {
    private CuttingDataSource() {}

    enum Moment {
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    static DataSource cuttingOnce(DataSource real, Moment moment) {
        AtomicBoolean armed = new AtomicBoolean(true);
        return (DataSource) Proxy.newProxyInstance(
                CuttingDataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> method.getName().equals("getConnection")
                        ? cutting(real.getConnection(), moment, armed)
                        : method.invoke(real, arguments));
    }

    private static Connection cutting(Connection real, Moment moment, AtomicBoolean armed) {
        return (Connection) Proxy.newProxyInstance(
                CuttingDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    try {
                        if (!method.getName().equals("commit") || !armed.compareAndSet(true, false)) {
                            return method.invoke(real, arguments);
                        }
                        if (moment == Moment.AFTER_COMMIT) {
                            real.commit();
                        }
                        // Ends the session at once, as a broken network does in the end.
                        real.abort(Runnable::run);
                        throw new SQLException("cut off by the test", "08006");
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }
}
