package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The files that QEMU has written, opened to be looked at and read back: what is put in their places meanwhile is none of them. */
final class WrittenFiles implements AutoCloseable {
    private record Written(Path named, Descriptor held) {}

    private final MadeFiles made;
    private final Map<DiskName, Written> files = new LinkedHashMap<>();

    private WrittenFiles(MadeFiles made) {
        this.made = made;
    }

    static WrittenFiles open(MadeFiles made, Map<DiskName, Path> named) throws IOException, RepositoryException {
        WrittenFiles written = new WrittenFiles(made);
        boolean opened = false;
        try {
            for (Map.Entry<DiskName, Path> file : named.entrySet()) {
                written.files.put(
                        file.getKey(), new Written(file.getValue(), made.open(file.getKey(), file.getValue())));
            }
            opened = true;
            return written;
        } finally {
            if (!opened) {
                written.close();
            }
        }
    }

    Descriptor of(DiskName disk) {
        return Objects.requireNonNull(files.get(disk), () -> "no file of disk " + disk)
                .held();
    }

    long bytes(DiskName disk) throws IOException {
        return Files.size(of(disk).path());
    }

    /** Refused unless each has its name in that directory. */
    void requireNamed(Descriptor directory) throws IOException, RepositoryException {
        for (Map.Entry<DiskName, Written> file : files.entrySet()) {
            made.requireNamed(file.getKey(), directory, file.getValue().named());
        }
    }

    /** With the names by which people know them. */
    RepositoryException spoken(RepositoryException failure) {
        RepositoryException spoken = failure;
        for (Written file : files.values()) {
            spoken = spoken.spoken(file.held(), file.named());
        }
        return spoken;
    }

    @Override
    public void close() {
        files.values().forEach(file -> file.held().close());
    }
}
