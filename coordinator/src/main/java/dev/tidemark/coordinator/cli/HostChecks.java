package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Discovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the doctor sees without a coordinator: this JDK, the programs, the kernel, the home. */
final class HostChecks {
    private static final int JDK_FEATURE_MIN = 25;
    private static final long PROGRAM_PATIENCE_SECONDS = 5;
    private static final int VERSION_BYTES_MAX = 4096;
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private record Program(String name, Check.Verdict whenAbsent, String purpose, String packageName) {}

    private static final List<Program> PROGRAMS = List.of(
            new Program("qemu-img", Check.Verdict.FAIL, "creates and reads backups", "qemu-utils"),
            new Program(
                    "qemu-storage-daemon", Check.Verdict.WARN, "restores and the tests use it", "qemu-system-common"),
            new Program("qemu-system-x86_64", Check.Verdict.WARN, "the demo starts it", "qemu-system-x86"),
            new Program("qemu-io", Check.Verdict.WARN, "restores and copies to targets are made with it", "qemu-utils"),
            new Program("nbdinfo", Check.Verdict.WARN, "pull backups are examined with it", "libnbd-bin"),
            new Program(
                    "nbdcopy", Check.Verdict.WARN, "pull backups and restore --to - are read with it", "libnbd-bin"));

    private final String path;

    /** @param path where programs are looked for, as in the environment variable */
    HostChecks(String path) {
        this.path = path;
    }

    Check jdk() {
        Runtime.Version version = Runtime.version();
        return version.feature() >= JDK_FEATURE_MIN
                ? Check.ok("jdk", version.toString())
                : Check.fail("jdk", version.toString(), "install JDK " + JDK_FEATURE_MIN + " or newer");
    }

    List<Check> programs() {
        return PROGRAMS.stream().map(this::program).toList();
    }

    private Check program(Program program) {
        for (String directory : path.split(":", -1)) {
            Path candidate = Path.of(directory.isEmpty() ? "." : directory, program.name());
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return version(program, candidate);
            }
        }
        return new Check(
                program.name(),
                program.whenAbsent(),
                "not found; " + program.purpose(),
                "install it (Debian: " + program.packageName() + ")");
    }

    private static Check version(Program program, Path file) {
        Process process;
        try {
            process = new ProcessBuilder(file.toString(), "--version")
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
        } catch (IOException failure) {
            return Check.fail(program.name(), file + " cannot be run: " + failure.getMessage(), "reinstall it");
        }
        try {
            if (!process.waitFor(PROGRAM_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return Check.fail(program.name(), file + " did not tell its version in time", "reinstall it");
            }
            String said = new String(process.getInputStream().readNBytes(VERSION_BYTES_MAX), StandardCharsets.UTF_8);
            String first = said.lines().findFirst().orElse("");
            return process.exitValue() == 0
                    ? Check.ok(program.name(), first)
                    : Check.fail(program.name(), file + " fails: " + first, "reinstall it");
        } catch (IOException failure) {
            return Check.fail(program.name(), file + " cannot be heard: " + failure.getMessage(), "try again");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Check.warn(program.name(), "interrupted", "try again");
        } finally {
            process.destroyForcibly();
        }
    }

    Check kvm(Path device) {
        if (!Files.exists(device)) {
            return Check.warn(
                    "kvm", device + " is not there", "machines run without acceleration: load the kvm module");
        }
        return Files.isReadable(device) && Files.isWritable(device)
                ? Check.ok("kvm", device.toString())
                : Check.warn("kvm", device + " is not for this user", "add the user to the group kvm");
    }

    Check home(Path home) {
        if (!Files.exists(home)) {
            Path parent = home;
            while (parent != null && !Files.exists(parent)) {
                parent = parent.getParent();
            }
            return parent != null && Files.isWritable(parent)
                    ? Check.ok("home", home + " will be created by tidemark serve")
                    : Check.fail("home", home + " cannot be created here", "choose another one with --home");
        }
        if (!Files.isDirectory(home)) {
            return Check.fail("home", home + " is not a directory", "choose another one with --home");
        }
        return Files.isWritable(home) && Files.isExecutable(home)
                ? Check.ok("home", home.toString())
                : Check.fail(
                        "home", home + " is not writable for this user", "chown it, or choose another with --home");
    }

    Check token(Path file) {
        if (!Files.exists(file)) {
            return Check.warn("token", "there is no " + file, "tidemark serve makes one: " + Discovery.TOKEN_FILE);
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            boolean exposed = permissions.stream().anyMatch(OTHERS::contains);
            if (exposed) {
                return Check.fail(
                        "token",
                        file + " is open to others: " + PosixFilePermissions.toString(permissions),
                        "chmod 600 " + file);
            }
            return Files.isReadable(file)
                    ? Check.ok("token", file.toString())
                    : Check.fail("token", file + " is not readable for this user", "use the account that owns it");
        } catch (IOException | UnsupportedOperationException failure) {
            return Check.fail("token", file + " cannot be examined: " + failure, "use a file system with permissions");
        }
    }
}
