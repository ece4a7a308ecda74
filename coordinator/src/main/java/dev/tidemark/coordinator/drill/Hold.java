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

    void order(Moment moment) throws IOException {
        Files.deleteIfExists(directory.resolve(ArmedCrashPoints.RELEASE_FILE));
        Files.deleteIfExists(directory.resolve(ArmedCrashPoints.REACHED_FILE));
        Path orders = directory.resolve("orders");
        Files.writeString(orders, moment.point() + " " + moment.passage() + " " + ++tokens);
        Files.move(orders, directory.resolve(ArmedCrashPoints.HOLD_FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    boolean isReached() {
        return Files.exists(directory.resolve(ArmedCrashPoints.REACHED_FILE));
    }

    /** Whoever stands still and lives goes on; nobody else is held. */
    void release() throws IOException {
        Files.deleteIfExists(directory.resolve(ArmedCrashPoints.HOLD_FILE));
        Files.writeString(directory.resolve(ArmedCrashPoints.RELEASE_FILE), "");
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
