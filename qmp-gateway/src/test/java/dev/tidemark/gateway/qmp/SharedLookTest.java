package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedLookTest {
    private final AtomicInteger looks = new AtomicInteger();
    private final Semaphore mayEnd = new Semaphore(0);
    private final List<Thread> askers = new ArrayList<>();
    private volatile boolean failing;

    private final SharedLook<Integer> shared = new SharedLook<>(() -> {
        int number = looks.incrementAndGet();
        boolean fails = failing;
        mayEnd.acquireUninterruptibly();
        if (fails) {
            throw new IOException("look " + number);
        }
        return number;
    });

    private <T> FutureTask<T> begin(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        askers.add(Thread.ofPlatform().daemon().start(task));
        return task;
    }

    private void awaitWaiting(int asker) {
        await().until(() -> askers.get(asker).getState() == Thread.State.WAITING);
    }

    private FutureTask<Integer> beginAndAwaitLook(int number) {
        FutureTask<Integer> first = begin(shared::now);
        await().until(() -> looks.get() == number);
        return first;
    }

    @Test
    void all_who_ask_during_a_look_share_the_next_one() throws Exception {
        // given
        FutureTask<Integer> first = beginAndAwaitLook(1);
        List<FutureTask<Integer>> others = new ArrayList<>();
        for (int asker = 1; asker <= 20; asker++) {
            others.add(begin(shared::now));
            awaitWaiting(asker);
        }
        // when
        mayEnd.release(100);
        // then
        assertThat(first.get()).isEqualTo(1);
        for (FutureTask<Integer> other : others) {
            assertThat(other.get()).as("it began after they asked").isEqualTo(2);
        }
        assertThat(looks).hasValue(2);
        assertThat(shared.now()).as("asked afterwards").isEqualTo(3);
    }

    @Test
    void a_look_that_fails_fails_for_nobody_else() throws Exception {
        failing = true;
        FutureTask<Integer> first = beginAndAwaitLook(1);
        FutureTask<Integer> other = begin(shared::now);
        awaitWaiting(1);
        failing = false;
        mayEnd.release(100);
        assertThatThrownBy(first::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage("look 1");
        assertThat(other.get()).isEqualTo(2);
    }

    @Test
    void who_is_interrupted_waits_no_longer_and_takes_nothing_from_the_others() throws Exception {
        FutureTask<Integer> first = beginAndAwaitLook(1);
        FutureTask<Integer> impatient = begin(shared::now);
        FutureTask<Integer> patient = begin(shared::now);
        awaitWaiting(1);
        awaitWaiting(2);
        askers.get(1).interrupt();
        assertThatThrownBy(impatient::get).hasCauseInstanceOf(InterruptedException.class);
        mayEnd.release(100);
        assertThat(first.get()).isEqualTo(1);
        assertThat(patient.get()).isEqualTo(2);
    }

    @Test
    void each_socket_has_its_own_process_and_one_path_with_two_listeners_has_none() throws Exception {
        try (ShortDirectory directory = ShortDirectory.create();
                ServerSocketChannel _ = listening(directory.resolve("one"));
                ServerSocketChannel _ = listening(directory.resolve("two"))) {
            // given
            Files.move(directory.resolve("two"), directory.resolve("away"));
            try (ServerSocketChannel _ = listening(directory.resolve("two"))) {
                // when
                ListeningSockets seen = ListeningSockets.look(Deadline.in(Duration.ofSeconds(30)));
                // then
                String own = "/proc/" + ProcessHandle.current().pid();
                assertThat(seen.holder(SocketLocation.resolve(directory.resolve("one"))))
                        .hasValue(Path.of(own));
                assertThat(seen.holder(SocketLocation.resolve(directory.resolve("two"))))
                        .as("the kernel names both by the path at which they were bound")
                        .isEmpty();
            }
        }
    }

    @Test
    void a_look_that_takes_too_long_tells_nothing() {
        assertThatThrownBy(() -> ListeningSockets.look(Deadline.in(Duration.ZERO)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in time");
    }

    private static ServerSocketChannel listening(Path path) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(path));
        return channel;
    }
}
