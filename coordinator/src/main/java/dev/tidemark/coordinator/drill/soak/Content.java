package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.NbdDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a disk held at a moment: its size, and for each granule the beginning of its SHA-256. */
record Content(long size, List<Long> granules) {
    static final int GRANULE = 64 * 1024;

    Content {
        granules = List.copyOf(granules);
    }

    static Content of(NbdDisk disk) throws IOException {
        byte[] granule = new byte[GRANULE];
        List<Long> digests = new ArrayList<>();
        for (long offset = 0; offset < disk.size(); offset += GRANULE) {
            byte[] part = disk.size() - offset < GRANULE ? new byte[(int) (disk.size() - offset)] : granule;
            disk.read(offset, part);
            digests.add(digest(part, part.length));
        }
        return new Content(disk.size(), digests);
    }

    static Content ofRaw(Path file) throws IOException {
        byte[] granule = new byte[GRANULE];
        List<Long> digests = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            int length = in.readNBytes(granule, 0, GRANULE);
            while (length > 0) {
                digests.add(digest(granule, length));
                length = in.readNBytes(granule, 0, GRANULE);
            }
        }
        return new Content(Files.size(file), digests);
    }

    /** The granules in which the other one differs; all of them if it has another size. */
    List<Integer> differing(Content other) {
        List<Integer> found = new ArrayList<>();
        for (int index = 0; index < Math.max(granules.size(), other.granules.size()); index++) {
            boolean both = index < granules.size() && index < other.granules.size() && size == other.size;
            if (!both || !granules.get(index).equals(other.granules.get(index))) {
                found.add(index);
            }
        }
        return found;
    }

    private static long digest(byte[] bytes, int length) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(bytes, 0, length);
            return ByteBuffer.wrap(Arrays.copyOf(sha.digest(), Long.BYTES)).getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
