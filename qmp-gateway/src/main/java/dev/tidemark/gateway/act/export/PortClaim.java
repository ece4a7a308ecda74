package dev.tidemark.gateway.act.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file by a port's name: which machine has it, where its QEMU listens, how clients call that, and whether it was ever heard to
 * listen. It says so whatever the gateway that comes next is told of ports.
 *
 * @param served unknown in a file of an older version
 */
record PortClaim(Path file, String machine, Optional<Served> served, boolean listened) {
    static final String SUFFIX = ".port";

    /** QEMU listens within seconds of a claim: an older one of which nobody heard was left by a gateway that died. */
    private static final Duration AGE_MAX = Duration.ofMinutes(10);

    private static final String LISTENED = "listened";
    private static final int LINES_OF_A_CLAIM = 3;

    /**
     * Where QEMU listens.
     *
     * @param prefix of every export's URI
     */
    record Served(String address, String prefix) {}

    /** That of a port; empty if nobody has it. */
    static Optional<PortClaim> read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException nobody) {
            return Optional.empty();
        }
        // One that was cut short by a crash names nobody, and goes with its age.
        Optional<Served> served = lines.size() < LINES_OF_A_CLAIM
                ? Optional.empty()
                : Optional.of(new Served(lines.get(1), lines.get(2)));
        return Optional.of(
                new PortClaim(file, lines.isEmpty() ? "" : lines.getFirst(), served, lines.contains(LISTENED)));
    }

    /** False if somebody has the port. */
    static boolean make(Path file, String machine, Served served) throws IOException {
        try {
            Files.write(
                    file,
                    List.of(machine, served.address(), served.prefix()),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SYNC);
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    /** Says that QEMU was heard to listen. */
    void heard() throws IOException {
        if (!listened) {
            List<String> more = new ArrayList<>(List.of(LISTENED));
            Files.write(file, more, StandardCharsets.UTF_8, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
        }
    }

    int port() {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()));
    }

    /** Whether its machine is gone if nobody listens: its QEMU has listened, or had time enough to. */
    boolean isNobodysUnlessHeard() throws IOException {
        try {
            return listened
                    || Files.getLastModifiedTime(file).toInstant().plus(AGE_MAX).isBefore(Instant.now());
        } catch (NoSuchFileException gone) {
            return true;
        }
    }
}
