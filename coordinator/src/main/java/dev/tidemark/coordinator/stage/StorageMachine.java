package dev.tidemark.coordinator.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A machine without a guest: qemu-storage-daemon with sparse disks. Starts in milliseconds and obeys the same QMP. */
public final class StorageMachine {
    private static final long WAIT_MILLISECONDS_MAX = 20_000;

    private final Path directory;
    private final String name;
    private final Programs programs;
    private final Map<String, Path> images;
    private final boolean readOnly;
    private boolean traced;
    private @Nullable Process process;

    private StorageMachine(Path directory, String name, Programs programs, Map<String, Path> images, boolean readOnly) {
        this.directory = directory;
        this.name = name;
        this.programs = programs;
        this.images = Collections.unmodifiableMap(new LinkedHashMap<>(images));
        this.readOnly = readOnly;
    }

    public StorageMachine(Path directory, String name, Programs programs, List<String> disks) {
        this(directory, directory, name, programs, disks);
    }

    /** With its images elsewhere than its sockets, whose paths have to be short. */
    public StorageMachine(Path directory, Path images, String name, Programs programs, List<String> disks) {
        this(directory, name, programs, imagesIn(images, name, disks), false);
    }

    /** A second one that only reads the images of this one, which may go on writing. */
    public StorageMachine reader() {
        return new StorageMachine(directory, name + "-reader", programs, images, true);
    }

    /** Has QEMU itself write down every command that it is given, from the next start on, in its log. */
    public void trace() {
        traced = true;
    }

    private static Map<String, Path> imagesIn(Path directory, String name, List<String> disks) {
        Map<String, Path> images = new LinkedHashMap<>();
        disks.forEach(disk -> images.put(disk, directory.resolve(name + "-" + disk + ".qcow2")));
        return images;
    }

    /** Makes sparse images of so many bytes. */
    public void install(long bytes) {
        for (Path image : images.values()) {
            programs.run(
                    "install",
                    List.of("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(bytes)));
        }
    }

    public Path qmpSocket() {
        return directory.resolve(name + ".qmp");
    }

    /** Starts it, and waits until a second monitor of ours answers. */
    public Monitor start() throws IOException {
        Path own = ownSocket();
        List<String> command = new ArrayList<>(List.of("qemu-storage-daemon"));
        if (traced) {
            command.addAll(List.of("--trace", "enable=handle_qmp_command"));
        }
        monitor(command, "main", qmpSocket());
        monitor(command, "own", own);
        String sharing = readOnly ? ",\"read-only\":true,\"force-share\":true" : "";
        images.forEach((disk, image) -> {
            command.add("--blockdev");
            command.add("{\"driver\":\"qcow2\",\"discard\":\"unmap\",\"node-name\":\"" + disk + "\"" + sharing
                    + ",\"file\":{\"driver\":\"file\",\"filename\":\"" + image + "\"}}");
        });
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

    /** Connects to its second monitor anew; the one before has to be closed. */
    public Monitor connect() throws IOException {
        return new Monitor(ownSocket());
    }

    private Path ownSocket() {
        return directory.resolve(name + ".own");
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

    public Path image(String disk) {
        Path image = images.get(disk);
        if (image == null) {
            throw new StageFailure("no disk " + disk);
        }
        return image;
    }

    private static void monitor(List<String> command, String id, Path socket) {
        command.add("--chardev");
        command.add("socket,path=" + socket + ",server=on,wait=off,id=" + id);
        command.add("--monitor");
        command.add("chardev=" + id);
    }
}
