package dev.tidemark.coordinator.endtoend;

import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a small Linux guest is made of: a kernel, busybox and the guest agent of Debian, taken from their packages without installing
 * them. {@code ./tidemark test} fetches them.
 */
final class GuestParts {
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+)\\s+\\(0x");

    /** In the order in which they need each other; one that is not there is part of the kernel. */
    private static final List<String> MODULES = List.of(
            "virtio_ring",
            "virtio",
            "virtio_pci_legacy_dev",
            "virtio_pci_modern_dev",
            "virtio_pci",
            "virtio_blk",
            "virtio_console");

    private final Path root = Path.of("..", "target", "guest").toAbsolutePath().normalize();

    Path kernel() {
        return one("boot", "vmlinuz-");
    }

    /** Writes a root file system that starts with this script, and gives its archive. */
    Path initialRam(Path place, String script) {
        Path files = place.resolve("initial");
        try {
            for (String directory : List.of(
                    "bin",
                    "dev",
                    "proc",
                    "sys",
                    "data",
                    "run",
                    "tmp",
                    "modules",
                    "var/run",
                    "etc/qemu/fsfreeze-hook.d")) {
                Files.createDirectories(files.resolve(directory));
            }
            Path busybox = required("bin/busybox");
            Path agent = required("usr/sbin/qemu-ga");
            Files.copy(busybox, files.resolve("bin/busybox"));
            Files.copy(agent, files.resolve("bin/qemu-ga"));
            for (Path library : libraries(agent)) {
                Path to = files.resolve(library.toString().substring(1));
                Files.createDirectories(to.getParent());
                Files.copy(library, to);
            }
            StringBuilder load = new StringBuilder();
            for (Path module : modules()) {
                Files.copy(
                        module,
                        files.resolve("modules").resolve(module.getFileName().toString()));
                load.append("busybox insmod /modules/")
                        .append(module.getFileName())
                        .append('\n');
            }
            Path init = Files.writeString(files.resolve("init"), script.replace("LOAD_MODULES\n", load));
            if (!init.toFile().setExecutable(true)) {
                throw new IOException(init + " cannot be made executable");
            }
            return packed(busybox, files, place.resolve("initial.cpio"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path packed(Path busybox, Path files, Path archive) throws IOException {
        Path list = archive.resolveSibling("initial.list");
        try (Stream<Path> all = Files.walk(files)) {
            Files.write(
                    list,
                    all.filter(path -> !path.equals(files))
                            .map(path -> files.relativize(path).toString())
                            .toList());
        }
        Process process = new ProcessBuilder(busybox.toString(), "cpio", "-o", "-H", "newc")
                .directory(files.toFile())
                .redirectInput(list.toFile())
                .redirectOutput(archive.toFile())
                .redirectError(archive.resolveSibling("cpio.log").toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("no archive: " + Files.readString(archive.resolveSibling("cpio.log")));
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
        return archive;
    }

    private static List<Path> libraries(Path program) {
        List<Path> found = new ArrayList<>();
        String printed = RequiredProgram.LDD.run(program.toString());
        if (printed.contains("not found")) {
            throw new AssertionError("the guest agent lacks a library: " + printed);
        }
        Matcher matcher = LIBRARY.matcher(printed);
        while (matcher.find()) {
            found.add(Path.of(matcher.group(1)));
        }
        return found;
    }

    private List<Path> modules() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(required("lib/modules"))) {
            List<Path> files = all.toList();
            for (String module : MODULES) {
                files.stream()
                        .filter(file -> file.endsWith(module + ".ko"))
                        .findFirst()
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    private Path one(String directory, String prefix) {
        try (Stream<Path> all = Files.list(required(directory))) {
            return all.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow(() -> missing(directory + "/" + prefix + "*"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path required(String name) {
        Path path = root.resolve(name);
        if (!Files.exists(path)) {
            throw missing(name);
        }
        return path;
    }

    private AssertionError missing(String name) {
        return new AssertionError(root.resolve(name)
                + " is missing. On Debian './tidemark test' fetches it; by hand: in "
                + root + " apt-get download linux-image-VERSION-cloud-amd64 busybox-static qemu-guest-agent, and"
                + " dpkg-deb -x each of them there");
    }
}
