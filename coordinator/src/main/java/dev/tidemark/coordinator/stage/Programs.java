package dev.tidemark.coordinator.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The processes that are started on a stage. Every one is known here until it has ended, so that none is left behind. */
public final class Programs implements AutoCloseable {
    private static final long SHORT_SECONDS_MAX = 120;
    private static final long STOP_SECONDS_MAX = 15;
    private static final long PATIENCE_SECONDS = 120;

    private final Path logs;
    private final List<String> startedBy;
    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public Programs(Path logs) {
        this(logs, List.of());
    }

    /** Each is started by another program, which is told its command line and becomes it. */
    Programs(Path logs, List<String> startedBy) {
        this.logs = logs;
        this.startedBy = List.copyOf(startedBy);
    }

    /** Starts something that goes on; its output goes to a log file. */
    public synchronized Process start(String name, List<String> command) {
        if (closed) {
            throw new StageFailure("the stage is being cleared");
        }
        Path log = logs.resolve(name + ".log");
        List<String> whole = new ArrayList<>(startedBy);
        whole.addAll(command);
        try {
            Process process = new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process.getOutputStream().close();
            running.add(process);
            return process;
        } catch (IOException failure) {
            throw new StageFailure("cannot start " + command.getFirst() + ": " + failure.getMessage(), failure);
        }
    }

    /** Runs something short and gives its exit code; what it printed is in the log. */
    public int exitCode(String name, List<String> command) {
        return exitCode(name, command, Duration.ofSeconds(SHORT_SECONDS_MAX));
    }

    /** As {@link #exitCode(String, List)}, for what may take longer. */
    public int exitCode(String name, List<String> command, Duration patience) {
        Process process = start(name, command);
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                kill(process);
                throw new StageFailure(command.getFirst() + " did not end within " + patience.toSeconds() + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", interrupted);
        }
        running.remove(process);
        return process.exitValue();
    }

    /** Runs something short that has to succeed; gives the last lines of what it printed. */
    public String answer(String name, List<String> command) {
        run(name, command);
        return tail(name);
    }

    /** Runs something short that has to succeed. */
    public void run(String name, List<String> command) {
        run(name, command, Duration.ofSeconds(SHORT_SECONDS_MAX));
    }

    /** As {@link #run(String, List)}, for what may take longer. */
    public void run(String name, List<String> command, Duration patience) {
        int code = exitCode(name, command, patience);
        if (code != 0) {
            throw new StageFailure(String.join(" ", command) + " ended with " + code + ": " + tail(name));
        }
    }

    /** SIGSTOP: it stands still, and knows nothing of it. When this returns each of its threads does. */
    public void pause(long processId) {
        signal("STOP", processId);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS_MAX);
        while (!standsStill(processId)) {
            if (System.nanoTime() > end) {
                throw new StageFailure("process " + processId + " does not stand still");
            }
            Thread.onSpinWait();
        }
    }

    /** SIGCONT. */
    public void resume(long processId) {
        signal("CONT", processId);
    }

    /** What was never started has -1 for its id, and that means everybody. */
    private void signal(String name, long processId) {
        if (running.stream().noneMatch(process -> process.pid() == processId)) {
            throw new StageFailure("process " + processId + " is none that was started here, and gets no signal");
        }
        run("signal", List.of("kill", "-" + name, Long.toString(processId)));
    }

    private static boolean standsStill(long processId) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(processId), "task"))) {
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

    /** SIGKILL, the accident of the play; only ever a process that was started here. */
    public void kill(Process process) {
        process.destroyForcibly();
        awaitEnd(process);
    }

    /** Asks for an orderly end and leaves it the time that it takes, within reason; gives the exit code. */
    int stopPatiently(Process process) {
        process.destroy();
        if (!awaitEnd(process, PATIENCE_SECONDS)) {
            kill(process);
        }
        return process.exitValue();
    }

    public void stop(Process process) {
        process.destroy();
        if (!awaitEnd(process)) {
            kill(process);
        }
    }

    /** Stops the PostgreSQL server that a pid file in our own home names, if it still works on that directory. */
    void stopServerOf(Path pidFile) {
        try {
            long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
            Path workingDirectory = Path.of("/proc", Long.toString(pid), "cwd");
            Optional<ProcessHandle> server = ProcessHandle.of(pid);
            if (server.isPresent()
                    && Files.isSameFile(
                            workingDirectory, pidFile.toAbsolutePath().getParent())) {
                server.get().destroy();
                server.get().onExit().get(STOP_SECONDS_MAX, TimeUnit.SECONDS);
            }
        } catch (IOException | NumberFormatException gone) {
            // The file or the process vanished while we looked: there is nothing left to stop.
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stays) {
            throw new StageFailure("the database server of " + pidFile + " does not stop", stays);
        }
    }

    private boolean awaitEnd(Process process) {
        return awaitEnd(process, STOP_SECONDS_MAX);
    }

    private boolean awaitEnd(Process process, long secondsMax) {
        try {
            boolean ended = process.waitFor(secondsMax, TimeUnit.SECONDS);
            if (ended) {
                running.remove(process);
            }
            return ended;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The last lines of what a program printed. */
    public String tail(String name) {
        try {
            List<String> lines = Files.readAllLines(logs.resolve(name + ".log"));
            return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException failure) {
            return "(no output: " + failure.getMessage() + ")";
        }
    }

    /** All that a program printed. */
    public String output(String name) {
        try {
            return Files.readString(logs.resolve(name + ".log"));
        } catch (IOException failure) {
            throw new StageFailure("no output of " + name, failure);
        }
    }

    /** Ends whatever still runs, politely first. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Process process : List.copyOf(running)) {
            stop(process);
        }
    }
}
