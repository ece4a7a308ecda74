package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of an external program: no shell, an environment of our own, nothing to read, bounded output. When the thread is
 * interrupted or the time is over, the child is killed and has ended before the caller goes on, so that it writes to nothing any more.
 */
final class ProgramRun {
    private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);
    private static final int OUTPUT_KEPT_MAX = 64 * 1024;
    private static final int COMPLAINT_LENGTH_MAX = 2000;
    private static final long LOOK_EVERY_MILLISECONDS = 100;
    private static final Pattern SHARE = Pattern.compile("\\((\\d{1,3}\\.\\d{1,2})/100%\\)");

    private final List<String> command;
    private final Duration limit;
    private final DoubleConsumer shareDone;

    ProgramRun(List<String> command, Duration limit, DoubleConsumer shareDone) {
        this.command = List.copyOf(command);
        this.limit = limit;
        this.shareDone = shareDone;
    }

    /** What a program that ended by itself left. */
    record Ended(int exitCode, String output, String errors) {
        void requireSuccess(String doing) throws RepositoryException {
            if (exitCode != 0) {
                throw new RepositoryException(FailureCode.REPOSITORY_FAILED, "cannot " + doing + ": " + complaint());
            }
        }

        /** What it said last, where progress is written over itself. */
        String lastLine() {
            String text = output.strip();
            int begin = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
            return text.substring(begin + 1).replaceAll("[^ -~]", "?").strip();
        }

        String complaint() {
            String text = errors.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("[^ -~]", "?");
            if (text.isEmpty()) {
                text = "exit code " + exitCode;
            }
            return text.length() > COMPLAINT_LENGTH_MAX ? text.substring(0, COMPLAINT_LENGTH_MAX) + "…" : text;
        }
    }

    Ended toEnd() throws IOException, RepositoryException, InterruptedException {
        try (Running running = start()) {
            long deadline = System.nanoTime() + limit.toNanos();
            Optional<Ended> ended = running.ended(LOOK_EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
            while (ended.isEmpty()) {
                tellShare(running.output);
                if (System.nanoTime() - deadline > 0) {
                    throw new RepositoryException(
                            FailureCode.REPOSITORY_FAILED,
                            command.getFirst() + " " + command.get(1) + " did not end within " + limit.toSeconds()
                                    + " s");
                }
                ended = running.ended(LOOK_EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
            }
            return ended.get();
        }
    }

    /** To be closed by the caller; the limit is not watched. */
    Running start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("LC_ALL", "C");
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.directory(Path.of("/").toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return new Running(builder.start());
    }

    /** A child that was started and may have ended. Closing it kills it. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final Tail output;
        private final Tail errors;

        private Running(Process process) {
            this.process = process;
            this.output = new Tail(process.getInputStream());
            this.errors = new Tail(process.getErrorStream());
        }

        /** Empty if it still runs when the time is over. */
        Optional<Ended> ended(long time, TimeUnit unit) throws InterruptedException {
            return process.waitFor(time, unit) ? Optional.of(awaitEnd()) : Optional.empty();
        }

        Ended awaitEnd() throws InterruptedException {
            int exitCode = process.waitFor();
            output.awaitEnd();
            errors.awaitEnd();
            return new Ended(exitCode, output.text(), errors.text());
        }

        boolean isRunning() {
            return process.isAlive();
        }

        /** Is told once when it has ended, on a thread of its own. */
        void onEnd(Runnable listener) {
            // Nobody waits for the listener.
            CompletableFuture<Void> _ = process.onExit().thenRunAsync(listener);
        }

        /** Asks it to end, and kills it if it has not in time. */
        void end(Duration timeLimit) {
            process.destroy();
            try {
                process.waitFor(timeLimit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
            kill(process);
        }

        @Override
        public void close() {
            kill(process);
        }
    }

    private void tellShare(Tail output) {
        Matcher matcher = SHARE.matcher(output.text());
        String newest = "";
        while (matcher.find()) {
            newest = matcher.group(1);
        }
        if (!newest.isEmpty()) {
            shareDone.accept(Math.min(1.0, Double.parseDouble(newest) / 100));
        }
    }

    private static void kill(Process process) {
        if (!process.isAlive()) {
            return;
        }
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads a stream to its end, so that the child never blocks, and keeps the last of it. */
    private static final class Tail {
        private final StringBuilder kept = new StringBuilder();
        private final Thread reader;

        Tail(InputStream stream) {
            reader = Thread.ofPlatform().daemon().name("qemu-img-output").start(() -> drain(stream));
        }

        private void drain(InputStream stream) {
            byte[] buffer = new byte[4096];
            try (stream) {
                for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                    synchronized (kept) {
                        kept.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
                        kept.delete(0, Math.max(0, kept.length() - OUTPUT_KEPT_MAX));
                    }
                }
            } catch (IOException closed) {
                // The child was killed: its exit code tells more than what it did not get to say.
                LOG.debug("the output of a program ended early", closed);
            }
        }

        void awaitEnd() throws InterruptedException {
            reader.join();
        }

        String text() {
            synchronized (kept) {
                return kept.toString();
            }
        }
    }
}
