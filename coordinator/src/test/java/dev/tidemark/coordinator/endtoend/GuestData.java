package dev.tidemark.coordinator.endtoend;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/** Where an image keeps a granule of its guest's: for those who write it behind QEMU's back, as {@code dd} would. */
record GuestData(Path image, long offset) {

    /** To be asked while nobody has the image open. */
    static GuestData of(Path image, int granule) {
        String map = RequiredProgram.QEMU_IMG.run("map", "--output=json", "-f", "qcow2", image.toString());
        long wanted = (long) granule * Machine.GRANULE;
        for (JsonNode extent : Json.MAPPER.readTree(map)) {
            long start = extent.path("start").asLong(0);
            if (extent.path("data").asBoolean(false)
                    && start <= wanted
                    && wanted < start + extent.path("length").asLong(0)) {
                return new GuestData(image, extent.path("offset").asLong(0) + wanted - start);
            }
        }
        throw new AssertionError("granule " + granule + " holds no data: " + map);
    }

    void overwrite() {
        try (RandomAccessFile file = open()) {
            overwrite(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    RandomAccessFile open() {
        try {
            return new RandomAccessFile(image.toFile(), "rw");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** By somebody who had it open before. */
    void overwrite(RandomAccessFile file) {
        byte[] junk = new byte[Machine.GRANULE];
        Arrays.fill(junk, (byte) 0xEE);
        try {
            file.seek(offset);
            file.write(junk);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
