package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SystemLogTest {
    private static final String HEAD =
            "{\"format\":\"tidemark-log-head.v1\",\"number\":1,\"hash\":\"" + "a".repeat(64) + "\"}";

    @Test
    void a_head_is_told_in_one_datagram_as_a_system_log_hears_them() throws Throwable {
        try (ShortDirectory directory = ShortDirectory.create()) {
            Path socket = directory.resolve("log");
            try (DatagramListener daemon = new DatagramListener(socket.toString())) {
                SystemLog.at(socket).take(HEAD);
                assertThat(daemon.hears())
                        .isEqualTo(
                                "<85>tidemark-heads[" + ProcessHandle.current().pid() + "]: " + HEAD);
            }
            SystemLog gone = SystemLog.at(socket);
            assertThatThrownBy(() -> gone.take(HEAD)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void one_that_hears_and_never_reads_holds_nobody_up() throws Throwable {
        try (ShortDirectory directory = ShortDirectory.create()) {
            Path socket = directory.resolve("log");
            try (DatagramListener hanging = new DatagramListener(socket.toString())) {
                SystemLog log = SystemLog.at(socket);
                // Linux lets some ten datagrams wait for one who does not read.
                assertThatThrownBy(() -> {
                            for (int count = 0; count < 100_000; count++) {
                                log.take(HEAD);
                            }
                        })
                        .isInstanceOf(IOException.class)
                        .hasMessage("nobody took it");
                assertThat(hanging.hears()).endsWith(HEAD);
            }
        }
    }

    @Test
    void what_is_no_socket_is_refused_before_anybody_relies_on_it() throws IOException {
        try (ShortDirectory directory = ShortDirectory.create()) {
            Path file = Files.writeString(directory.resolve("file"), "");
            for (Path none : List.of(file, directory.path(), directory.resolve("nothing"))) {
                assertThatThrownBy(() -> SystemLog.at(none))
                        .as(none.toString())
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("no socket of a system log");
            }
        }
    }
}
