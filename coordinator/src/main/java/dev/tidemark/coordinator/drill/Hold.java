package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.crash.ArmedCrashPoints;
import dev.tidemark.schema.crash.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The directory through which armed processes are told where to stand still, and tell what they pass. */
final class Hold {
    private final Path directory;
    private int tokens;

    Hold(Path directory) {
        this.directory = directory;
    }

    /** The option of a JVM that arms it. */
    String option() {
        return "-D" + ArmedCrashPoints.DIRECTORY_PROPERTY + "=" + directory;
    }

    /** Orders it for a machine that is registered. */
    String order(String machine, Moment moment) throws IOException {
        return write(ArmedCrashPoints.HOLD_PREFIX + machine, moment);
    }

    /** Orders it for the next machine that is registered; the one before must have been {@link #isClaimed claimed}. */
    String orderForNext(Moment moment) throws IOException {
        return write(ArmedCrashPoints.NEXT_FILE, moment);
    }

    /** Orders it for whichever machine passes. */
    String orderForAny(Moment moment) throws IOException {
        return write(ArmedCrashPoints.HOLD_FILE, moment);
    }

    /** From now on the machine is known here, so that it takes no orders that wait for a new one. */
    void know(String machine) throws IOException {
        put(ArmedCrashPoints.HOLD_PREFIX + machine, "");
    }

    /** Whether the orders for the next machine were taken. */
    boolean isClaimed() {
        return !Files.exists(directory.resolve(ArmedCrashPoints.NEXT_FILE));
    }

    void withdrawForNext() throws IOException {
        Files.deleteIfExists(directory.resolve(ArmedCrashPoints.NEXT_FILE));
    }

    private synchronized String write(String file, Moment moment) throws IOException {
        String token = Integer.toString(++tokens);
        put(file, moment.point() + " " + moment.passage() + " " + token);
        return token;
    }

    private void put(String file, String text) throws IOException {
        Path orders = directory.resolve("orders-for-" + file);
        Files.writeString(orders, text);
        Files.move(orders, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    boolean isReached(String token) {
        return Files.exists(directory.resolve(ArmedCrashPoints.REACHED_PREFIX + token));
    }

    /** Whoever stands still because of this order and lives goes on, and nobody stands still because of it any more. */
    void release(String token) throws IOException {
        Files.writeString(directory.resolve(ArmedCrashPoints.RELEASE_PREFIX + token), "");
    }

    /** How often each point was passed since the last call. */
    Map<CrashPoint, Integer> takePassed() {
        Map<CrashPoint, Integer> passed = new EnumMap<>(CrashPoint.class);
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> told = files.filter(
                            file -> String.valueOf(file.getFileName()).startsWith(ArmedCrashPoints.PASSED_PREFIX))
                    .toList();
            for (Path file : told) {
                for (String line : Files.readAllLines(file)) {
                    passed.merge(CrashPoint.valueOf(line), 1, Integer::sum);
                }
                Files.delete(file);
            }
            return passed;
        } catch (IOException failure) {
            throw new StageFailure("cannot read what was passed", failure);
        }
    }
}
