package dev.tidemark.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceFileTest {
    @TempDir
    private Path directory;

    @Test
    void a_gateway_that_comes_back_is_the_same_and_one_beside_it_is_not() throws IOException {
        Path file = directory.resolve("gateways").resolve("h.instance");
        String first;
        try (InstanceFile alive = InstanceFile.at(file);
                InstanceFile beside = InstanceFile.at(file)) {
            first = alive.instance();
            assertThat(beside.instance()).isNotEqualTo(first);
        }
        try (InstanceFile again = InstanceFile.at(file)) {
            assertThat(again.instance()).isEqualTo(first);
        }
        // when somebody spoiled it
        Files.writeString(file, "../../etc");
        try (InstanceFile fresh = InstanceFile.at(file)) {
            assertThat(fresh.instance()).matches("[0-9a-f-]{36}").isNotEqualTo(first);
        }
    }
}
