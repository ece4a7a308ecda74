package dev.tidemark.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.GuestAgentFailure;
import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.gateway.reconcile.Qemu;
import dev.tidemark.gateway.reconcile.Storage;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TermTest {
    private static final Report REPORT =
            new Report(new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV"), 7, new Sight.NotTaken(), List.of());

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Term term = new Term(3, now.get() + 10, now::get);
    private final List<String> reached = new ArrayList<>();

    @Test
    void it_is_held_until_its_end_and_not_a_moment_longer_also_where_the_clock_turns_over() {
        assertThat(term.isHeld()).isTrue();
        now.addAndGet(9);
        assertThat(term.isHeld()).isTrue();
        now.addAndGet(1);
        assertThat(term.isHeld()).isFalse();
        // An answer that was slow grants less than is known by now.
        term.until(now.get() - 1);
        assertThat(term.isHeld()).isFalse();
        term.until(now.get() + 1);
        assertThat(term.isHeld()).isTrue();
    }

    @Test
    void what_was_fenced_is_never_held_again() throws InterruptedException {
        term.fence();
        term.until(now.get() + 1_000);
        assertThat(term.isHeld()).isFalse();
        assertThat(term.awaitHeld(java.time.Duration.ofDays(1))).isFalse();
        term.awaitFenced();
    }

    /** Of a verb that is added later, too: what is free is named here. */
    @Test
    void nothing_but_looks_reaches_a_machine_without_the_lease() throws Exception {
        Qemu leased = new LeasedQemu(counted(Qemu.class), term);
        Set<String> free = Set.of("look", "jobs", "close");
        assertThat(verbs(Qemu.class)).hasSizeGreaterThan(20);
        for (Method verb : verbs(Qemu.class)) {
            reached.clear();
            assertThat(failureOf(verb, leased)).as(verb.getName()).isNull();
            assertThat(reached).as(verb.getName()).isEqualTo(List.of(verb.getName()));
        }
        // when
        now.addAndGet(10);
        for (Method verb : verbs(Qemu.class)) {
            reached.clear();
            Throwable failure = failureOf(verb, leased);
            // then
            if (free.contains(verb.getName())) {
                assertThat(reached).as(verb.getName()).isEqualTo(List.of(verb.getName()));
            } else {
                assertThat(reached).as(verb.getName()).isEmpty();
                assertThat(failure)
                        .as(verb.getName())
                        .isInstanceOfSatisfying(
                                QmpUnavailable.class,
                                refused -> assertThat(refused.reason()).isEqualTo(QmpUnavailable.Reason.NOT_ENTITLED));
            }
        }
    }

    @Test
    void a_fenced_gateway_opens_no_session_so_that_the_other_one_can() {
        term.fence();
        LeasedConnector connector = new LeasedConnector(
                (socket, onEvent, onEnd) -> {
                    reached.add("open");
                    return counted(Qemu.class);
                },
                term);
        assertThatThrownBy(() -> connector.open(Path.of("/run/vm.qmp"), event -> {}, () -> {}))
                .isInstanceOf(QmpUnavailable.class)
                .hasMessageContaining("another gateway took this host over");
        assertThat(reached).isEmpty();
    }

    @Test
    void a_guest_is_frozen_under_the_lease_only_and_thawed_in_any_case() throws GuestAgentFailure {
        GuestAgent leased = new LeasedGuestAgent(counted(GuestAgent.class), term);
        term.fence();
        assertThatThrownBy(() -> leased.freeze(Path.of("/run/vm.qga")))
                .isInstanceOfSatisfying(
                        GuestAgentFailure.class,
                        failure -> assertThat(failure.mayBeFrozen()).isFalse());
        assertThat(reached).isEmpty();
        leased.thaw(Path.of("/run/vm.qga"));
        assertThat(reached).isEqualTo(List.of("thaw"));
    }

    @Test
    void nothing_is_begun_in_a_repository_by_a_fenced_gateway() throws Exception {
        Storage leased = new LeasedStorage(counted(Storage.class), term);
        term.fence();
        for (Method verb : verbs(Storage.class)) {
            reached.clear();
            Throwable failure = failureOf(verb, leased);
            if (Set.of("begin", "beginScratch", "run", "export", "endLeft").contains(verb.getName())) {
                assertThat(failure).as(verb.getName()).isInstanceOf(InterruptedException.class);
                assertThat(reached).as(verb.getName()).isEmpty();
            } else {
                assertThat(reached).as(verb.getName()).isEqualTo(List.of(verb.getName()));
            }
        }
    }

    @Test
    void a_report_carries_the_epoch_and_the_answer_that_it_is_over_ends_the_term() throws Exception {
        List<Report> told = new ArrayList<>();
        CoordinatorLink link = played(CoordinatorLink.class, (self, method, arguments) -> {
            told.add((Report) arguments[0]);
            if (told.size() > 1) {
                throw new FencedException("the host has epoch 4");
            }
            return Optional.empty();
        });
        LeaseKeeper keeper = new LeaseKeeper(link, new HostName("here"), Tenant.unknown("1"));
        LeasedLink leased = new LeasedLink(link, keeper, term);
        // given
        assertThat(leased.report(REPORT)).isEmpty();
        assertThat(told.getFirst().epoch()).hasValue(3);
        // when
        assertThatThrownBy(() -> leased.report(REPORT)).isInstanceOf(FencedException.class);
        // then
        assertThat(term.isFenced()).isTrue();
        assertThatThrownBy(() -> leased.report(REPORT)).isInstanceOf(FencedException.class);
        assertThat(told).hasSize(2);
    }

    private static List<Method> verbs(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> !method.getDeclaringClass().equals(Object.class))
                .filter(method -> !method.getDeclaringClass().equals(AutoCloseable.class))
                .toList();
    }

    private static @Nullable Throwable failureOf(Method verb, Object at) throws IllegalAccessException {
        Object[] arguments = Arrays.stream(verb.getParameterTypes())
                .map(type -> type == boolean.class ? (Object) false : type == long.class ? 0L : null)
                .toArray();
        try {
            verb.invoke(at, arguments);
            return null;
        } catch (InvocationTargetException thrown) {
            return thrown.getCause();
        }
    }

    private <T> T counted(Class<T> type) {
        return played(type, (self, method, arguments) -> {
            reached.add(method.getName());
            Class<?> answer = method.getReturnType();
            if (answer == boolean.class) {
                return false;
            }
            if (answer == int.class) {
                return 0;
            }
            return answer == long.class ? (Object) 0L : null;
        });
    }

    private static <T> T played(Class<T> type, InvocationHandler answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
    }
}
