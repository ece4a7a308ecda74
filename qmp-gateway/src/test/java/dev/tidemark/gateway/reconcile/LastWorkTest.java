package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A machine was removed: its reconciler gives up where it served clients, and an interrupt that comes late cuts short nothing of that. */
@Timeout(60)
class LastWorkTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AtomicBoolean there = new AtomicBoolean(true);
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);

    /** Where in the last work it arrives. */
    enum Late {
        NOT_AT_ALL,
        /** The file cannot be read then, and counts as not there. */
        IN_THE_LOOK,
        IN_THE_REMOVAL
    }

    @ParameterizedTest
    @EnumSource
    void the_place_is_given_up_whenever_the_interrupt_arrives(Late late) throws InterruptedException {
        Reconciler reconciler = Reconciler.start(surroundings(late), desired(), () -> {});
        begun.await();
        reconciler.forget();
        assertThat(reconciler.awaitStopped(PATIENCE)).isTrue();
        assertThat(there).isFalse();
    }

    private @Nullable Object socket(Late late, String method) throws ClosedByInterruptException {
        return switch (method) {
            case "exists" -> {
                if (looks.incrementAndGet() == 1 && late == Late.IN_THE_LOOK) {
                    Thread.currentThread().interrupt();
                    yield false;
                }
                yield there.get();
            }
            case "isServed" -> false;
            case "remove" -> {
                if (looks.get() == 1 && late == Late.IN_THE_REMOVAL) {
                    Thread.currentThread().interrupt();
                    throw new ClosedByInterruptException();
                }
                there.set(false);
                yield null;
            }
            default -> throw new AssertionError("nobody asks for " + method);
        };
    }

    private Surroundings surroundings(Late late) {
        ExportSocket socket = played(ExportSocket.class, (self, method, arguments) -> socket(late, method.getName()));
        Storage storage = played(Storage.class, (self, method, arguments) -> switch (method.getName()) {
            case "exportSocket" -> socket;
            case "partialBackups", "exportsLeft" -> List.of();
            default -> throw new AssertionError("nobody asks for " + method.getName());
        });
        CoordinatorLink link = played(CoordinatorLink.class, (self, method, arguments) -> Optional.empty());
        return new Surroundings(
                link,
                (path, onEvent, onEnd) -> {
                    begun.countDown();
                    throw new QmpUnavailable(QmpUnavailable.Reason.NO_SOCKET, "there is no QEMU");
                },
                storage,
                new HostClockwork(),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                CrashHook.NONE);
    }

    private static <T> T played(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Desired desired() {
        return new Desired(
                MACHINE,
                new MachineName("web"),
                new HostName("here"),
                1,
                "/run/web.qmp",
                List.of(),
                Optional.empty(),
                List.of());
    }
}
