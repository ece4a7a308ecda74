package dev.tidemark.coordinator.api.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A real database whose connections cannot be had while a test says so. */
final class FailingStorage {
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    DataSource over(DataSource database) {
        return (DataSource) Proxy.newProxyInstance(
                FailingStorage.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    Exception told = failure.get();
                    if (told != null && method.getName().equals("getConnection")) {
                        throw told;
                    }
                    try {
                        return method.invoke(database, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    void failWith(Exception told) {
        failure.set(told);
    }

    void work() {
        failure.set(null);
    }
}
