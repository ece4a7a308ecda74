package dev.tidemark.gateway.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that a test needs. Without it the test fails and says how to install it: a skipped test proves nothing. */
public enum RequiredProgram {
    QEMU_STORAGE_DAEMON("qemu-storage-daemon", "qemu-system-common"),
    QEMU_SYSTEM("qemu-system-x86_64", "qemu-system-x86"),
    QEMU_IMG("qemu-img", "qemu-utils"),
    QEMU_IO("qemu-io", "qemu-utils"),
    NBDCOPY("nbdcopy", "libnbd-bin"),
    NBDINFO("nbdinfo", "libnbd-bin"),
    QEMU_NBD("qemu-nbd", "qemu-utils"),
    KILL("kill", "procps"),
    UMOUNT("umount", "mount"),
    LOSETUP("losetup", "mount"),
    BLOCKDEV("blockdev", "util-linux"),
    PRLIMIT("prlimit", "util-linux"),
    MKFS_EXT4("mkfs.ext4", "e2fsprogs"),
    E2FSCK("e2fsck", "e2fsprogs"),
    DEBUGFS("debugfs", "e2fsprogs"),
    LDD("ldd", "libc-bin");

    private static final long RUN_SECONDS_MAX = 60;

    private final String program;
    private final String debianPackage;

    RequiredProgram(String program, String debianPackage) {
        this.program = program;
        this.debianPackage = debianPackage;
    }

    /** The program's full path. */
    public String path() {
        String searched = System.getenv().getOrDefault("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin";
        for (String directory : searched.split(":", -1)) {
            Path candidate = Path.of(directory).resolve(program);
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        throw new AssertionError(program + " is missing. Install it: apt-get install " + debianPackage);
    }

    /** Runs it to its end and returns what it printed; a failing program fails the test. */
    public String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(path()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile("tm-out", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
                process.destroyForcibly();
                String printed = Files.readString(output, StandardCharsets.UTF_8);
                if (!ended || process.exitValue() != 0) {
                    throw new AssertionError(command + (ended ? " failed: " : " did not end: ") + printed);
                }
                return printed;
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException failure) {
            throw new AssertionError(command + " could not be run", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(command + " was interrupted", interrupted);
        }
    }
}
