package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.PlayedGuest;
import dev.tidemark.coordinator.stage.Programs;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A machine without a guest, whose disks are written as a guest would write them and read back at once. It knows what its disks
 * held at each backup: files of its own, made without the coordinator.
 */
final class DrillMachine implements AutoCloseable {
    private static final Map<String, Long> DISKS = disks();
    private static final int GRANULE = 64 * 1024;
    private static final long WAIT_MILLISECONDS_MAX = 20_000;

    private final String name;
    private final Path directory;
    private final Programs programs;
    private final Random random;
    private final boolean overFuse;
    private final Map<String, List<Path>> contents = new LinkedHashMap<>();
    private final Map<String, String> verified = new HashMap<>();
    private final Set<String> givenUp = new HashSet<>();
    private int snapshots;
    private @Nullable Process process;
    private @Nullable Monitor monitor;
    private @Nullable PlayedGuest guest;

    private DrillMachine(String name, Path directory, Programs programs, Random random, boolean overFuse) {
        this.overFuse = overFuse;
        this.name = name;
        this.directory = directory;
        this.programs = programs;
        this.random = random;
    }

    /** A running machine with empty disks. */
    static DrillMachine start(String name, Path stage, Programs programs, Random random) throws IOException {
        return start(name, stage, programs, random, false);
    }

    /** With its one NBD server left to pull backups, its guest uses FUSE: that takes a system on which it can be mounted. */
    static DrillMachine start(String name, Path stage, Programs programs, Random random, boolean overFuse)
            throws IOException {
        DrillMachine machine =
                new DrillMachine(name, Files.createDirectory(stage.resolve(name)), programs, random, overFuse);
        for (Map.Entry<String, Long> disk : DISKS.entrySet()) {
            String image = machine.image(disk.getKey()).toString();
            programs.run(
                    name, List.of("qemu-img", "create", "-q", "-f", "qcow2", image, Long.toString(disk.getValue())));
        }
        machine.startAgain();
        return machine;
    }

    private static Map<String, Long> disks() {
        Map<String, Long> disks = new LinkedHashMap<>();
        disks.put("d0", 4L << 20);
        disks.put("d1", 2L << 20);
        return disks;
    }

    /** Whether a guest can be played without QEMU's NBD server: not every system has FUSE, nor every QEMU. */
    static boolean hasFuse(Path stage, Programs programs) throws IOException {
        String probe = "fuse-probe";
        Path file = Files.createFile(stage.resolve(probe));
        Process process = programs.start(
                probe,
                List.of(
                        "qemu-storage-daemon",
                        "--blockdev",
                        "{\"driver\":\"null-co\",\"node-name\":\"n\",\"size\":" + GRANULE + "}",
                        "--export",
                        "type=fuse,id=e,node-name=n,mountpoint=" + file));
        long begin = System.nanoTime();
        boolean mounted = false;
        while (!mounted && process.isAlive() && Service.elapsed(begin) < WAIT_MILLISECONDS_MAX) {
            mounted = file.toFile().length() == GRANULE;
            Pause.milliseconds(3);
        }
        // In good order, so that it takes its mount along.
        programs.stop(process);
        return mounted;
    }

    String name() {
        return name;
    }

    Path qmpSocket() {
        return directory.resolve("q");
    }

    /** Where its guest's agent listens. */
    Path qgaSocket() {
        return directory.resolve("g");
    }

    /** A frozen guest writes nothing until somebody thaws it. */
    boolean isFrozen() {
        return guest != null && guest.isFrozen();
    }

    static List<String> diskNames() {
        return List.copyOf(DISKS.keySet());
    }

    void kill() throws IOException {
        if (monitor != null) {
            monitor.close();
        }
        if (process != null) {
            programs.kill(process);
        }
        if (guest != null) {
            guest.close();
        }
        if (overFuse) {
            DISKS.keySet().forEach(this::unmount);
        }
    }

    /** A process that is killed leaves its mounts behind. */
    private void unmount(String disk) {
        String file = mounted(disk).toString();
        if (programs.exitCode(name, List.of("umount", "-l", file)) != 0) {
            programs.exitCode(name, List.of("fusermount3", "-uz", file));
        }
    }

    /** A disk as a pull backup's description would name it, and served as the guest sees it now. */
    Map<String, String> live(String disk) {
        return Map.of("disk", disk, "uri", "nbd+unix:///" + disk + "?socket=" + directory.resolve("n"));
    }

    /** Whether QEMU's NBD server is free for pull backups. */
    boolean isServerFree() {
        return overFuse;
    }

    private Path mounted(String disk) {
        return directory.resolve("f-" + disk);
    }

    private GuestDisk open(String disk) throws IOException {
        return overFuse ? GuestDisk.overFuse(mounted(disk)) : GuestDisk.overNbd(directory.resolve("n"), disk);
    }

    void startAgain() throws IOException {
        List<String> command = new ArrayList<>(List.of("qemu-storage-daemon"));
        chardev(command, "main", qmpSocket());
        chardev(command, "own", directory.resolve("o"));
        for (String disk : DISKS.keySet()) {
            command.add("--blockdev");
            command.add("{\"driver\":\"qcow2\",\"node-name\":\"" + disk
                    + "\",\"file\":{\"driver\":\"file\",\"filename\":\"" + image(disk) + "\"}}");
        }
        export(command);
        guest = PlayedGuest.start(qgaSocket());
        Process started = programs.start(name, command);
        process = started;
        long begin = System.nanoTime();
        while (true) {
            try {
                monitor = new Monitor(directory.resolve("o"));
                break;
            } catch (IOException notYet) {
                if (!started.isAlive() || Service.elapsed(begin) > WAIT_MILLISECONDS_MAX) {
                    throw new IOException("the QEMU of " + name + " does not run: " + programs.tail(name), notYet);
                }
                Pause.milliseconds(3);
            }
        }
        awaitExports(started, begin);
    }

    private void export(List<String> command) throws IOException {
        Path socket = directory.resolve("n");
        Files.deleteIfExists(socket);
        if (!overFuse) {
            command.addAll(List.of("--nbd-server", "addr.type=unix,addr.path=" + socket));
        }
        for (String disk : DISKS.keySet()) {
            String common = "id=guest-" + disk + ",node-name=" + disk + ",writable=on";
            if (overFuse && Files.notExists(mounted(disk))) {
                Files.createFile(mounted(disk));
            }
            command.addAll(List.of(
                    "--export",
                    overFuse
                            ? "type=fuse," + common + ",mountpoint=" + mounted(disk)
                            : "type=nbd," + common + ",name=" + disk));
        }
    }

    /** The monitor listens before the exports are there, and their socket is a file before anybody listens on it. */
    private void awaitExports(Process started, long begin) throws IOException {
        for (String disk : DISKS.keySet()) {
            while (!isExported(disk)) {
                if (!started.isAlive() || Service.elapsed(begin) > WAIT_MILLISECONDS_MAX) {
                    throw new IOException("disk " + disk + " of " + name + " is not exported");
                }
                Pause.milliseconds(3);
            }
        }
    }

    private boolean isExported(String disk) {
        if (overFuse) {
            // Without anything mounted on it, it is an empty file.
            return mounted(disk).toFile().length() == DISKS.getOrDefault(disk, 0L);
        }
        try {
            open(disk).close();
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** A look, or a stranger's act, that does not go through the coordinator. */
    JsonNode execute(String command) throws IOException {
        if (monitor == null) {
            throw new StageFailure("the machine does not run");
        }
        return monitor.execute(command);
    }

    /** By disk, the bitmaps that QEMU holds and does not call inconsistent; asked through a monitor of our own. */
    Map<String, Set<String>> unbroken() throws IOException {
        Map<String, Set<String>> unbroken = new LinkedHashMap<>();
        for (JsonNode node : execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")) {
            String disk = node.path("node-name").asString("");
            if (!DISKS.containsKey(disk)) {
                continue;
            }
            Set<String> names = new LinkedHashSet<>();
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                if (!bitmap.path("inconsistent").asBoolean(false)) {
                    names.add(bitmap.path("name").asString(""));
                }
            }
            unbroken.put(disk, names);
        }
        return unbroken;
    }

    /** Writes random granules on all disks, makes them durable, and reads each back. */
    void write() {
        DISKS.forEach((disk, bytes) -> write(disk, bytes, 10));
    }

    /** Writes the same pattern over a whole disk: no later write of a few granules hides that. */
    void fill(String disk) {
        Map<Long, Integer> patterns = new LinkedHashMap<>();
        int pattern = 1 + random.nextInt(255);
        for (long offset = 0; offset < DISKS.getOrDefault(disk, 0L); offset += GRANULE) {
            patterns.put(offset, pattern);
        }
        write(disk, patterns);
    }

    private void write(String disk, long bytes, int granules) {
        Map<Long, Integer> patterns = new LinkedHashMap<>();
        for (int count = 0; count < granules; count++) {
            patterns.put(random.nextLong(bytes / GRANULE) * GRANULE, 1 + random.nextInt(255));
        }
        write(disk, patterns);
    }

    private void write(String disk, Map<Long, Integer> patterns) {
        byte[] granule = new byte[GRANULE];
        byte[] read = new byte[GRANULE];
        try (GuestDisk guest = open(disk)) {
            for (Map.Entry<Long, Integer> each : patterns.entrySet()) {
                Arrays.fill(granule, each.getValue().byteValue());
                guest.write(each.getKey(), granule);
            }
            // A kill must cost the guest nothing that it was told is durable: otherwise nobody knows what the disk
            // holds.
            guest.flush();
            for (Map.Entry<Long, Integer> each : patterns.entrySet()) {
                Arrays.fill(granule, each.getValue().byteValue());
                guest.read(each.getKey(), read);
                if (!Arrays.equals(granule, read)) {
                    throw new StageFailure(
                            "disk " + disk + " of " + name + " does not hold what was written at " + each.getKey());
                }
            }
        } catch (IOException failure) {
            throw new StageFailure("the guest of " + name + " cannot write: " + failure.getMessage(), failure);
        }
    }

    /** What all disks hold now, as raw files in a directory of their own. */
    Path content() throws IOException {
        Path to = Files.createDirectory(directory.resolve("content-" + ++snapshots));
        byte[] granule = new byte[GRANULE];
        byte[] nothing = new byte[GRANULE];
        for (Map.Entry<String, Long> disk : DISKS.entrySet()) {
            try (GuestDisk guest = open(disk.getKey());
                    RandomAccessFile file =
                            new RandomAccessFile(raw(to, disk.getKey()).toFile(), "rw")) {
                file.setLength(disk.getValue());
                for (long offset = 0; offset < disk.getValue(); offset += GRANULE) {
                    guest.read(offset, granule);
                    if (!Arrays.equals(granule, nothing)) {
                        file.seek(offset);
                        file.write(granule);
                    }
                }
            }
        }
        return to;
    }

    /** Removes what no backup is known to hold. */
    void forgetOtherContents() throws IOException {
        Set<Path> needed = new LinkedHashSet<>();
        contents.values().forEach(needed::addAll);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "content-*")) {
            for (Path content : all) {
                if (!needed.contains(content)) {
                    Stage.delete(content);
                }
            }
        }
    }

    static Path raw(Path content, String disk) {
        return content.resolve(disk + ".raw");
    }

    /** What the disks may have held at the moment of a backup: one content, or two if a write came near it. */
    Map<String, List<Path>> contents() {
        return contents;
    }

    void remember(String backup, Path... possible) {
        contents.put(backup, List.of(possible));
        verified.remove(backup);
    }

    /** Somebody wants it deleted: it may be gone, or still be there whole. */
    void giveUp(String backup) {
        givenUp.add(backup);
    }

    boolean isGivenUp(String backup) {
        return givenUp.contains(backup);
    }

    void forget(String backup) {
        contents.remove(backup);
        verified.remove(backup);
    }

    /** The digests of the files of backups that were compared to their contents, by backup. */
    Map<String, String> verified() {
        return verified;
    }

    /** Whether two contents are the same, byte for byte. */
    static boolean same(Path one, Path other) throws IOException {
        for (String disk : DISKS.keySet()) {
            if (Files.mismatch(raw(one, disk), raw(other, disk)) >= 0) {
                return false;
            }
        }
        return true;
    }

    Path file(String file) {
        return directory.resolve(file);
    }

    private Path image(String disk) {
        return directory.resolve(disk + ".qcow2");
    }

    private static void chardev(List<String> command, String id, Path socket) {
        command.add("--chardev");
        command.add("socket,path=" + socket + ",server=on,wait=off,id=" + id);
        command.add("--monitor");
        command.add("chardev=" + id);
    }

    @Override
    public void close() throws IOException {
        kill();
        Stage.delete(directory);
    }
}
