package dev.tidemark.gateway.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A qemu-system-x86_64 with two QMP sockets and no guest; with KVM where /dev/kvm can be used, else emulated. */
public final class QemuSystem implements AutoCloseable {

    private final ShortDirectory directory;
    private List<String> arguments;
    private TestProcess process;

    private QemuSystem(ShortDirectory directory, List<String> arguments) {
        this.directory = directory;
        this.arguments = List.copyOf(arguments);
        this.process = launch();
    }

    /** Starts one without a machine, which is enough for every block command. */
    public static QemuSystem startWithoutMachine(List<String> blockdevs) {
        return start(List.of("-M", "none", "-S"), blockdevs, List.of());
    }

    /**
     * Starts a q35 machine, its processors stopped.
     *
     * @param blockdevs {@code -blockdev} options as JSON, in order
     * @param devices {@code -device} options, for example {@code virtio-blk-pci,drive=d0,id=vda,share-rw=on}
     */
    public static QemuSystem startMachine(List<String> blockdevs, List<String> devices) {
        Path kvm = Path.of("/dev/kvm");
        boolean usable = Files.isReadable(kvm) && Files.isWritable(kvm);
        return start(List.of("-M", "q35,accel=" + (usable ? "kvm" : "tcg"), "-m", "16", "-S"), blockdevs, devices);
    }

    /**
     * Starts a q35 machine that runs a kernel, and waits for nothing but its sockets. Emulated in any case: a /dev/kvm that can be
     * opened may still be one under which no guest gets anywhere.
     *
     * @param kernel a Linux image; what it prints goes to {@code console}
     * @param initialRam its first root file system, a cpio archive
     */
    public static QemuSystem startLinux(
            Path kernel, Path initialRam, Path console, List<String> blockdevs, List<String> devices) {
        return start(
                List.of(
                        "-M",
                        "q35,accel=tcg",
                        "-m",
                        "192",
                        "-kernel",
                        kernel.toString(),
                        "-initrd",
                        initialRam.toString(),
                        "-append",
                        "console=ttyS0 quiet panic=-1",
                        "-serial",
                        "file:" + console,
                        "-no-reboot"),
                blockdevs,
                devices);
    }

    /** The QMP socket for the session under test. */
    public Path socket() {
        return directory.resolve("q");
    }

    /** A second QMP socket, for whoever else changes things. */
    public Path bystanderSocket() {
        return directory.resolve("b");
    }

    /** For lock files and images; removed on close. */
    public Path directory() {
        return directory.path();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it printed, over all restarts. */
    public String output() {
        return process.output();
    }

    /** SIGSTOP. */
    public void pause() {
        process.pause();
    }

    /** SIGCONT. */
    public void resume() {
        process.resume();
    }

    /** SIGTERM, and waits: persistent bitmaps are stored. */
    public void terminate() {
        process.terminate();
    }

    /** SIGKILL, and waits. */
    public void kill() {
        process.kill();
    }

    /** A new process with the same arguments and paths, after {@link #terminate()} or {@link #kill()}. */
    public void startAgain() {
        if (process.isAlive()) {
            throw new IllegalStateException("still running: pid " + process.pid());
        }
        process = launch();
    }

    /** As {@link #startAgain()}, on other images: each {@code -blockdev} takes the place of one that there was. */
    public void startAgainOn(List<String> blockdevs) {
        List<String> changed = new ArrayList<>(arguments);
        int next = 0;
        for (int index = 0; index < changed.size() - 1; index++) {
            if (changed.get(index).equals("-blockdev")) {
                changed.set(index + 1, blockdevs.get(next++));
            }
        }
        arguments = List.copyOf(changed);
        startAgain();
    }

    @Override
    public void close() {
        process.close();
        directory.close();
    }

    private static QemuSystem start(List<String> machine, List<String> blockdevs, List<String> devices) {
        List<String> arguments = new ArrayList<>(machine);
        arguments.addAll(List.of("-name", "testkit", "-nodefaults", "-display", "none"));
        blockdevs.forEach(blockdev -> arguments.addAll(List.of("-blockdev", blockdev)));
        for (String device : devices) {
            arguments.addAll(device.startsWith("socket,") ? List.of("-chardev", device) : List.of("-device", device));
        }
        ShortDirectory directory = ShortDirectory.create();
        boolean started = false;
        try {
            QemuSystem system = new QemuSystem(directory, arguments);
            started = true;
            return system;
        } finally {
            if (!started) {
                directory.close();
            }
        }
    }

    private TestProcess launch() {
        List<String> command = new ArrayList<>(List.of(RequiredProgram.QEMU_SYSTEM.path()));
        command.addAll(arguments);
        for (Path socket : List.of(socket(), bystanderSocket())) {
            command.addAll(List.of("-qmp", "unix:" + socket + ",server=on,wait=off"));
        }
        return TestProcess.start(command, directory.resolve("log"), List.of(socket(), bystanderSocket()));
    }
}
