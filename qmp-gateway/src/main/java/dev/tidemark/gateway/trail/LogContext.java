package dev.tidemark.gateway.trail;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What the lines are about that this thread logs. A thread that is started for the same work is handed it with {@link #handedOn}: nothing
 * is inherited by itself.
 */
public final class LogContext implements AutoCloseable {
    /** The id that the answer to an HTTP request told, {@code X-Request-Id}. */
    public static final String REQUEST = "requestId";

    /** The operation's id. */
    public static final String OPERATION = "operationId";

    /** The machine's id: its name may change hands. */
    public static final String MACHINE = "machine";

    /** Of the trace in which the work is recorded, if it is. */
    public static final String TRACE = "traceId";

    private final Map<String, @Nullable String> before = new HashMap<>();

    private LogContext() {}

    /** From here on, until that is closed, and on this thread. What was said before of something else stays said. */
    public static LogContext of(Map<String, String> ids) {
        LogContext context = new LogContext();
        ids.forEach(context::put);
        return context;
    }

    /** As {@link #of}, of a machine. */
    public static LogContext of(MachineId machine) {
        return of(Map.of(MACHINE, machine.value()));
    }

    /** As {@link #of}, of a machine's operation, and the request that asked for it. */
    public static LogContext of(MachineId machine, OperationId operation, Optional<String> request) {
        LogContext context = of(Map.of(MACHINE, machine.value(), OPERATION, operation.value()));
        request.ifPresent(id -> context.put(REQUEST, id));
        return context;
    }

    /** What this thread's lines are about now. */
    public static Map<String, String> now() {
        Map<String, String> ids = MDC.getCopyOfContextMap();
        return ids == null ? Map.of() : Map.copyOf(ids);
    }

    /** The same work, for a thread that does a part of what this one does. */
    public static Runnable handedOn(Runnable work) {
        Map<String, String> ids = now();
        return () -> {
            try (LogContext _ = of(ids)) {
                work.run();
            }
        };
    }

    private void put(String key, String id) {
        before.put(key, MDC.get(key));
        MDC.put(key, id);
    }

    @Override
    public void close() {
        before.forEach((key, former) -> {
            if (former == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, former);
            }
        });
    }
}
