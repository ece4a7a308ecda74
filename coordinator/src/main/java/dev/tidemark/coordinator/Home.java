package dev.tidemark.coordinator;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A coordinator's home directory: who may see it, and where things lie in it (design §6). */
record Home(Path directory) {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final RepositoryName DEFAULT_REPOSITORY = new RepositoryName("default");
    private static final Path HOST_NAME_FILE = Path.of("/proc/sys/kernel/hostname");
    private static final Path SYSTEM_LOCKS = Path.of("/run/lock");

    static Home at(Path directory) throws IOException {
        Files.createDirectories(directory, OWNER_ONLY);
        return new Home(directory);
    }

    Path tokenFile() {
        return directory.resolve("admin.token");
    }

    /** Seals the secrets of webhooks; coordinators of one database need the same. */
    Path webhookKeyFile() {
        return directory.resolve("webhook.key");
    }

    Path serverFile() {
        return directory.resolve("server.json");
    }

    /** What proves that the log is what was written: outside of the database, and for its owner only. */
    Path evidence() throws IOException {
        return Files.createDirectories(directory.resolve("evidence"), OWNER_ONLY);
    }

    Path logs() throws IOException {
        return Files.createDirectories(directory.resolve("logs"), OWNER_ONLY);
    }

    /** Where reports of drills are shown from, if somebody keeps some there. */
    Path drills() {
        return directory.resolve("drills");
    }

    /** Which instance the gateway of a host is, that has its home here. */
    Path gatewayInstance(HostName host) throws IOException {
        Path gateways = Files.createDirectories(directory.resolve("gateways"), OWNER_ONLY);
        return gateways.resolve(host.value() + ".instance");
    }

    /** For what clients write to restore points; each gateway has its own, and it is made when it is needed. */
    Path scratch(HostName host) {
        return directory.resolve("scratch").resolve(host.value());
    }

    /** Those that were named, and {@code default}, which lies in the home unless it was named. */
    Map<RepositoryName, Path> repositories(Map<RepositoryName, Path> named) throws IOException {
        Map<RepositoryName, Path> all = new LinkedHashMap<>(named);
        if (!all.containsKey(DEFAULT_REPOSITORY)) {
            Path inHome = directory.resolve("repositories").resolve(DEFAULT_REPOSITORY.value());
            all.put(DEFAULT_REPOSITORY, Files.createDirectories(inHome, OWNER_ONLY));
        }
        return all;
    }

    /** Replaces a file at once: readers see the old or the new one. */
    void replace(Path file, String content) throws IOException {
        Path unfinished = Files.createTempFile(directory, "new", ".partial", OWNER_ONLY_FILE);
        try {
            Files.writeString(unfinished, content, StandardCharsets.UTF_8, StandardOpenOption.SYNC);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** What the system calls this host, as far as that is a name. */
    static HostName hostName() {
        try {
            return new HostName(Files.readString(HOST_NAME_FILE).strip());
        } catch (IOException | InvalidIdentity unusable) {
            return new HostName("localhost");
        }
    }

    /** Shared by all gateways of this host, because it is how they keep off each other's machines (invariant I14). */
    static Path lockDirectory() throws IOException {
        Path parent = Files.isDirectory(SYSTEM_LOCKS) && Files.isWritable(SYSTEM_LOCKS)
                ? SYSTEM_LOCKS
                : Path.of(System.getProperty("java.io.tmpdir"));
        return Files.createDirectories(parent.resolve("tidemark-" + System.getProperty("user.name")), OWNER_ONLY);
    }
}
