package dev.tidemark.coordinator.stage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away machine: qemu-system with two virtio disks. Its guest's writes are made through NBD exports of the very
 * nodes that the guest's devices sit on, so that the demo knows at each moment what the disks hold.
 */
public final class VirtualMachine {
    public static final String FIRST = "vda";
    public static final String SECOND = "vdb";

    private static final long MEBIBYTE = 1024 * 1024;
    private static final long WAIT_MILLISECONDS_MAX = 20_000;
    private static final int GRANULE = 64 * 1024;

    private final Path directory;
    private final Programs programs;
    private final Map<String, Long> sizes = new LinkedHashMap<>();
    private final Random random = new Random(20_240_229);
    private @Nullable Process process;
    private @Nullable Monitor monitor;

    /** A machine of two disks with so many mebibytes; nothing runs yet. */
    public VirtualMachine(Path directory, Programs programs, long firstMebibytes, long secondMebibytes) {
        this.directory = directory;
        this.programs = programs;
        sizes.put(FIRST, firstMebibytes * MEBIBYTE);
        sizes.put(SECOND, secondMebibytes * MEBIBYTE);
    }

    public Path qmpSocket() {
        return directory.resolve("qmp");
    }

    /** Where the disks are exported, each under its own name. */
    public Path nbdSocket() {
        return directory.resolve("nbd");
    }

    public List<String> disks() {
        return List.copyOf(sizes.keySet());
    }

    /** How the guest's processor is run: KVM if this host lets us, else emulated. */
    public static String accelerator() {
        Path kvm = Path.of("/dev/kvm");
        return Files.isReadable(kvm) && Files.isWritable(kvm) ? "kvm" : "tcg";
    }

    /** Makes the images and fills a part of each with random data. */
    public void install() throws IOException {
        for (Map.Entry<String, Long> disk : sizes.entrySet()) {
            Path raw = directory.resolve(disk.getKey() + ".raw");
            try (OutputStream out = Files.newOutputStream(raw)) {
                byte[] chunk = new byte[(int) MEBIBYTE];
                for (long written = 0; written < disk.getValue() / 3; written += MEBIBYTE) {
                    random.nextBytes(chunk);
                    out.write(chunk);
                }
            }
            String image = image(disk.getKey()).toString();
            programs.run(
                    "install", List.of("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", raw.toString(), image));
            programs.run("install", List.of("qemu-img", "resize", "-q", image, Long.toString(disk.getValue())));
            Files.delete(raw);
        }
    }

    public void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-M",
                "q35,accel=" + accelerator(),
                "-m",
                "64",
                "-nodefaults",
                "-display",
                "none",
                "-no-user-config",
                "-qmp",
                "unix:" + qmpSocket() + ",server=on,wait=off",
                "-qmp",
                "unix:" + directory.resolve("own") + ",server=on,wait=off"));
        for (String disk : disks()) {
            command.add("-blockdev");
            command.add("{\"driver\":\"qcow2\",\"discard\":\"unmap\",\"node-name\":\"drive-" + disk
                    + "\",\"file\":{\"driver\":\"file\",\"filename\":\"" + image(disk) + "\"}}");
            command.add("-device");
            command.add("virtio-blk-pci,drive=drive-" + disk + ",id=" + disk + ",share-rw=on");
        }
        Files.deleteIfExists(directory.resolve("own"));
        Files.deleteIfExists(directory.resolve("nbd"));
        process = programs.start("qemu", command);
        Monitor own = connect();
        monitor = own;
        own.execute("{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\""
                + directory.resolve("nbd") + "\"}}}}");
        for (String disk : disks()) {
            export(disk);
        }
    }

    public long processId() {
        return process == null || !process.isAlive() ? -1 : process.pid();
    }

    public void kill() throws IOException {
        if (process != null) {
            programs.kill(process);
        }
        if (monitor != null) {
            monitor.close();
        }
    }

    /** Ends it like a shutdown of the guest does: bitmaps are stored. */
    public void quit() throws IOException {
        if (process != null) {
            programs.stop(process);
        }
        if (monitor != null) {
            monitor.close();
        }
    }

    /** Grows a disk through our own monitor, as an administrator might. */
    public void grow(String disk, long mebibytes) throws IOException {
        long size = size(disk) + mebibytes * MEBIBYTE;
        // QEMU does not resize a disk that is exported writable; the guest's own device does not mind.
        monitor()
                .execute("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"" + exportId(disk)
                        + "\",\"mode\":\"hard\"}}");
        awaitExportGone(disk);
        monitor()
                .execute("{\"execute\":\"block_resize\",\"arguments\":{\"node-name\":\"drive-" + disk + "\",\"size\":"
                        + size + "}}");
        sizes.put(disk, size);
        export(disk);
    }

    private void export(String disk) throws IOException {
        monitor()
                .execute("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"" + exportId(disk)
                        + "\",\"node-name\":\"drive-" + disk + "\",\"name\":\"" + disk + "\",\"writable\":true}}");
    }

    private void awaitExportGone(String disk) throws IOException {
        long begin = System.nanoTime();
        while (monitor()
                .execute("{\"execute\":\"query-block-exports\"}")
                .toString()
                .contains(exportId(disk))) {
            if (Service.elapsed(begin) > WAIT_MILLISECONDS_MAX) {
                throw new StageFailure("the export of " + disk + " does not go away");
            }
            Pause.milliseconds(10);
        }
    }

    /** Our own monitor, for a look that does not go through the coordinator. */
    public Monitor monitor() {
        if (monitor == null) {
            throw new StageFailure("the machine is not running");
        }
        return monitor;
    }

    private static String exportId(String disk) {
        return "guest-" + disk;
    }

    /** Writes so many random granules of 64 KiB, each with a pattern of its own; reads one of them back. */
    public void write(String disk, int granules) {
        List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "raw"));
        long last = 0;
        int pattern = 0;
        for (int count = 0; count < granules; count++) {
            last = random.nextLong(size(disk) / GRANULE) * GRANULE;
            pattern = 1 + random.nextInt(255);
            command.add("-c");
            command.add("write -q -P " + pattern + " " + last + " " + GRANULE);
        }
        command.add("-c");
        command.add("read -q -P " + pattern + " " + last + " " + GRANULE);
        command.add(address(disk));
        programs.run("guest", command);
    }

    /** All that the disks hold now, as raw files in a new directory. */
    public void readAll(Path directory) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String disk : disks()) {
            read(disk, file(directory, disk));
        }
    }

    /** Where {@link #readAll} puts a disk. */
    public static Path file(Path directory, String disk) {
        return directory.resolve(disk + ".raw");
    }

    /** All that the disk holds now, as raw bytes. */
    public void read(String disk, Path to) {
        programs.run("guest", List.of("nbdcopy", address(disk), to.toString()));
    }

    private String address(String disk) {
        return "nbd+unix:///" + disk + "?socket=" + directory.resolve("nbd");
    }

    private Path image(String disk) {
        return directory.resolve(disk + ".qcow2");
    }

    private long size(String disk) {
        Long size = sizes.get(disk);
        if (size == null) {
            throw new StageFailure("no disk " + disk);
        }
        return size;
    }

    private Monitor connect() throws IOException {
        long start = System.nanoTime();
        while (true) {
            if (process != null && !process.isAlive()) {
                throw new StageFailure("qemu-system-x86_64 ended with " + process.exitValue() + "; see qemu.log");
            }
            try {
                return new Monitor(directory.resolve("own"));
            } catch (IOException notYet) {
                if ((System.nanoTime() - start) / 1_000_000 > WAIT_MILLISECONDS_MAX) {
                    throw notYet;
                }
                Pause.milliseconds(20);
            }
        }
    }
}
