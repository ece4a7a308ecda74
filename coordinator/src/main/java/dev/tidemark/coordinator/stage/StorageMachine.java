package dev.tidemark.coordinator.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine without a guest: qemu-storage-daemon with sparse disks. Starts in milliseconds and obeys the same QMP. */
public final class StorageMachine {
    private static final long WAIT_MILLISECONDS_MAX = 20_000;

    private final Path directory;
    private final String name;
    private final Programs programs;
    private final List<String> disks;
    private @Nullable Process process;

    public StorageMachine(Path directory, String name, Programs programs, List<String> disks) {
        this.directory = directory;
        this.name = name;
        this.programs = programs;
        this.disks = List.copyOf(disks);
    }

    /** Makes sparse images of so many bytes. */
    public void install(long bytes) {
        for (String disk : disks) {
            programs.run(
                    "install",
                    List.of(
                            "qemu-img",
                            "create",
                            "-q",
                            "-f",
                            "qcow2",
                            image(disk).toString(),
                            Long.toString(bytes)));
        }
    }

    public Path qmpSocket() {
        return directory.resolve(name + ".qmp");
    }

    /** Starts it, and waits until a second monitor of ours answers. */
    public Monitor start() throws IOException {
        Path own = directory.resolve(name + ".own");
        List<String> command = new ArrayList<>(List.of("qemu-storage-daemon"));
        monitor(command, "main", qmpSocket());
        monitor(command, "own", own);
        for (String disk : disks) {
            command.add("--blockdev");
            command.add("{\"driver\":\"qcow2\",\"discard\":\"unmap\",\"node-name\":\"" + disk
                    + "\",\"file\":{\"driver\":\"file\",\"filename\":\"" + image(disk) + "\"}}");
        }
        Process started = programs.start(name, command);
        process = started;
        long begin = System.nanoTime();
        while (true) {
            if (!started.isAlive()) {
                throw new StageFailure("qemu-storage-daemon ended with " + started.exitValue());
            }
            try {
                return new Monitor(own);
            } catch (IOException notYet) {
                if (Service.elapsed(begin) > WAIT_MILLISECONDS_MAX) {
                    throw notYet;
                }
                Pause.milliseconds(10);
            }
        }
    }

    public void kill() {
        if (process != null) {
            programs.kill(process);
        }
    }

    /** -1 if it does not run. */
    public long processId() {
        return process == null || !process.isAlive() ? -1 : process.pid();
    }

    /** Ends it like a shutdown does: bitmaps are stored. */
    public void quit() {
        if (process != null) {
            programs.stop(process);
        }
    }

    private Path image(String disk) {
        return directory.resolve(name + "-" + disk + ".qcow2");
    }

    private static void monitor(List<String> command, String id, Path socket) {
        command.add("--chardev");
        command.add("socket,path=" + socket + ",server=on,wait=off,id=" + id);
        command.add("--monitor");
        command.add("chardev=" + id);
    }
}
