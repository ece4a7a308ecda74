package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What belongs together under numbers, by what a kernel shows. */
class BlockDeviceTest {
    private static final TargetAddress ADDRESS = new TargetAddress("/dev/x");

    private static Path device(Path kernel, String number, String path) throws IOException {
        Path directory =
                Files.createDirectories(kernel.resolveSibling("devices").resolve(path));
        Files.writeString(directory.resolve("dev"), number + "\n");
        Files.createSymbolicLink(kernel.resolve(number), directory);
        return directory;
    }

    private static Target place(Path kernel, String number) {
        List<String> family = BlockDevice.family(number, kernel);
        return new Target(
                ADDRESS,
                Json.MAPPER.createObjectNode(),
                family.getFirst(),
                family.subList(1, family.size()),
                Optional.empty());
    }

    @Test
    void a_device_is_one_place_with_each_of_its_partitions_and_those_are_two_places(@TempDir Path directory)
            throws IOException {
        Path kernel = Files.createDirectory(directory.resolve("block"));
        device(kernel, "8:0", "sda");
        for (String part : List.of("1", "2")) {
            Files.writeString(device(kernel, "8:" + part, "sda/sda" + part).resolve("partition"), part);
        }
        device(kernel, "8:16", "sdb");
        Target whole = place(kernel, "8:0");
        Target first = place(kernel, "8:1");
        Target second = place(kernel, "8:2");
        assertThat(whole.overlaps(first)).isTrue();
        assertThat(first.overlaps(whole)).isTrue();
        assertThat(first.overlaps(second)).isFalse();
        assertThat(whole.overlaps(place(kernel, "8:16"))).isFalse();
        // also if the other has got its partitions since
        Target before = new Target(ADDRESS, Json.MAPPER.createObjectNode(), "8:0", List.of(), Optional.empty());
        assertThat(before.overlaps(second)).isTrue();
        assertThat(second.overlaps(before)).isTrue();
    }

    @Test
    void what_is_swapped_to_or_mounted_is_known_by_its_number_under_any_name(@TempDir Path directory)
            throws IOException {
        Path device = Path.of(RequiredProgram.LOSETUP.run("-f").strip());
        Path alias = Files.createSymbolicLink(directory.resolve("alias"), device);
        List<String> numbers = List.of("8:0", BlockDevice.number(device));
        String swaps = "Filename\t\t\t\tType\t\tSize\n" + alias + "      partition\t8388604\t\t0\t\t-2\n";
        assertThat(BlockDevice.swapped(swaps, numbers)).isPresent();
        assertThat(BlockDevice.swapped(swaps, List.of("8:0"))).isEmpty();
        String mounts = "29 1 0:26 /sub /data rw,relatime shared:1 - btrfs " + alias + " rw,space_cache\n";
        assertThat(BlockDevice.mounted(mounts, numbers)).contains("it is mounted at /data");
        assertThat(BlockDevice.mounted(mounts, List.of("8:0"))).isEmpty();
        assertThat(BlockDevice.mounted(mounts.replace("0:26", "8:0"), List.of("8:0")))
                .isPresent();
    }

    @Test
    void a_character_device_of_the_same_number_is_another_device() throws IOException {
        Path other = Path.of("/dev/null");
        try (var _ = Files.newOutputStream(other, StandardOpenOption.WRITE)) {
            assertThat(BlockDevice.written(List.of(BlockDevice.number(other)))).isEmpty();
        }
    }
}
