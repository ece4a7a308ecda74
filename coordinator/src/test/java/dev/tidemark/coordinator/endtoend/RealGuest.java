package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * A Linux that runs, with the real qemu-ga in it. It writes to a file on its one disk, an ext4, without pause: line 1, line 2, …; and
 * tells its console up to which line it knows that all is on the disk.
 */
final class RealGuest implements Bystander, AutoCloseable {
    static final String DISK = "vda";
    private static final Duration TIME_MAX = Duration.ofSeconds(90);
    private static final Pattern SYNCED = Pattern.compile("synced (\\d+)\\s");
    private static final String INIT = """
            #!/bin/busybox sh
            # The shell's own commands come from busybox too, which knows them without links.
            busybox mount -t devtmpfs dev /dev
            busybox mount -t proc proc /proc
            busybox mount -t sysfs sys /sys
            LOAD_MODULES
            until [ -b /dev/vda ]; do busybox sleep 0.1; done
            busybox mount -t ext4 /dev/vda /data || exit 1
            port=$(busybox ls /sys/class/virtio-ports)
            /bin/qemu-ga -m virtio-serial -p "/dev/$port" -t /run -d </dev/null || exit 1
            line=0
            while :; do
                line=$((line + 1))
                echo "line $line" >> /data/log
                if [ $((line % 200)) = 0 ]; then
                    busybox sync && echo "synced $line"
                fi
            done
            """;

    private final ShortDirectory files = ShortDirectory.create();
    private final QemuSystem system;

    RealGuest() {
        GuestParts parts = new GuestParts();
        Path raw = files.resolve("raw");
        RequiredProgram.QEMU_IMG.run("create", "-q", "-f", "raw", raw.toString(), "64M");
        RequiredProgram.MKFS_EXT4.run("-q", "-F", raw.toString());
        RequiredProgram.QEMU_IMG.run("convert", "-f", "raw", "-O", "qcow2", raw.toString(), image().toString());
        system = QemuSystem.startLinux(
                parts.kernel(),
                parts.initialRam(files.path(), INIT),
                console(),
                List.of(DiskImage.qcow2Blockdev("n0", image())),
                List.of(
                        "virtio-blk-pci,drive=n0,id=" + DISK,
                        "virtio-serial-pci",
                        "socket,path=" + agent() + ",server=on,wait=off,id=agent",
                        "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"));
        awaitLine(1);
    }

    Path agent() {
        return files.resolve("ga");
    }

    /** What the guest knows to be on its disk. */
    long synced() {
        long newest = 0;
        Matcher matcher = SYNCED.matcher(printed());
        while (matcher.find()) {
            newest = Long.parseLong(matcher.group(1));
        }
        return newest;
    }

    /** Waits until the guest knows this line, or a later one, to be on its disk. */
    void awaitLine(long line) {
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(20))
                .failFast("the guest's QEMU has ended", () -> !system.isAlive())
                .untilAsserted(() -> assertThat(synced()).as(printed()).isGreaterThanOrEqualTo(line));
    }

    private String printed() {
        try {
            return Files.exists(console()) ? Files.readString(console()) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path console() {
        return files.resolve("console");
    }

    private Path image() {
        return files.resolve(DISK);
    }

    @Override
    public Path socket() {
        return system.socket();
    }

    @Override
    public JsonNode qmp(String json) {
        try (RawMonitor monitor = RawMonitor.connect(system.bystanderSocket())) {
            return monitor.execute(json);
        }
    }

    @Override
    public String node(String disk) {
        return "n0";
    }

    /** Nobody can tell: it writes. */
    @Override
    public Map<String, byte[]> contents() {
        return Map.of();
    }

    @Override
    public void close() {
        system.close();
        files.close();
    }
}
