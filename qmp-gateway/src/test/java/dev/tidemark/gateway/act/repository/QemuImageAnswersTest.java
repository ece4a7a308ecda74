package dev.tidemark.gateway.act.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A qemu-img that ends well and says what it likes: a number of bytes is a number of bytes, or nothing was said. */
@SuppressWarnings("NullAway.Init")
class QemuImageAnswersTest {
    @TempDir
    Path directory;

    private QemuImage saying(String words) throws IOException {
        Path told = Files.writeString(directory.resolve("words"), words);
        Path program = Files.writeString(directory.resolve("qemu-img"), "#!/bin/sh\nexec cat '" + told + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new QemuImage(program.toString());
    }

    @Test
    void sabotaged_what_a_real_one_says_is_understood() throws Exception {
        assertThat(saying("{\"virtual-size\": 1048576, \"format\": \"raw\"}").virtualSize("/x"))
                .isEqualTo(1_048_576);
        assertThat(saying("{\"virtual-size\": 0}").virtualSize("/x")).isZero();
        assertThat(saying("{\"virtual-size\": 9223372036854775807}").virtualSize("/x"))
                .isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "\"virtual-size\"",
                "{",
                "{}",
                "{\"virtual-size\": null}",
                "{\"virtual-size\": \"1048576\"}",
                "{\"virtual-size\": -1}",
                "{\"virtual-size\": 1.5}",
                "{\"virtual-size\": 1e400}",
                "{\"virtual-size\": 9223372036854775808}",
                "{\"virtual-size\": true}",
                "{\"virtual-size\": [1048576]}",
                "{\"virtual-size\": {\"virtual-size\": 1}}",
                "{\"virtual-size\": 1, \"virtual-size\": 2}",
                "{\"virtual-size\": 1} {\"virtual-size\": 2}",
                "warning: {\"virtual-size\": 1}"
            })
    void what_is_no_number_of_bytes_is_never_taken_for_one(String words) throws IOException {
        QemuImage image = saying(words);
        assertThatThrownBy(() -> image.virtualSize("/x"))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("qemu-img says");
    }
}
