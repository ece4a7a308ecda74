package dev.tidemark.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A child process that is signalled by its own pid only, and that does not outlive the tests. */
final class TestProcess implements AutoCloseable {

    private static final Duration START_TIME_MAX = Duration.ofSeconds(90);
    private static final long STOP_SECONDS_MAX = 90;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "testkit-no-leaks"));
    }

    private final Process process;
    private final Path log;

    private TestProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a program and waits until it listens on all the sockets. */
    static TestProcess start(List<String> command, Path log, List<Path> sockets) {
        TestProcess started;
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            RUNNING.add(process);
            started = new TestProcess(process, log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        boolean listening = false;
        try {
            Awaitility.await()
                    .atMost(START_TIME_MAX)
                    .pollInterval(Duration.ofMillis(5))
                    .failFast(command + " ended at once: see the cause", () -> started.requireAlive())
                    .until(() -> listensOn(sockets));
            listening = true;
            return started;
        } finally {
            if (!listening) {
                started.close();
            }
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * SIGSTOP: it holds its sockets and does nothing. One thread takes the signal when it gets to a processor, and until then the others go
     * on; the monitor's would still greet.
     */
    void pause() {
        signal("STOP");
        Awaitility.await("standstill").pollInterval(Duration.ofMillis(1)).until(this::standsStill);
    }

    private boolean standsStill() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            for (Path thread : threads.toList()) {
                String facts = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
                // Behind its name, which ends with the last bracket.
                if (facts.charAt(facts.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException ended) {
            // One of them has ended under the look.
            return false;
        }
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    /** SIGTERM, and waits for the end: QEMU closes its images, so that bitmaps are stored. */
    void terminate() {
        process.destroy();
        awaitEnd();
    }

    /** SIGKILL, and waits for the end: nothing is stored. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String name) {
        RequiredProgram.KILL.run("-" + name, Long.toString(pid()));
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("process " + pid() + " does not end: " + output());
            }
            RUNNING.remove(process);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for process " + pid(), interrupted);
        }
    }

    private void requireAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("process ended with " + process.exitValue() + ": " + output());
        }
    }

    /** Asks the kernel, not the socket: a connection made to try would take QEMU's only place for a client. */
    private static boolean listensOn(List<Path> sockets) {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1);
            return sockets.stream()
                    .allMatch(socket -> lines.stream()
                            .anyMatch(line -> line.endsWith(" " + socket) && line.contains(" 00010000 ")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
