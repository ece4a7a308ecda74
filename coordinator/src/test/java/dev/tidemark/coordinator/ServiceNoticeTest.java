package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tidemark.gateway.testkit.ShortDirectory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ServiceNoticeTest {
    @Test
    void systemd_is_told_that_the_service_is_ready_and_that_it_stops() throws Throwable {
        try (ShortDirectory directory = ShortDirectory.create()) {
            String path = directory.resolve("notify").toString();
            try (DatagramListener systemd = new DatagramListener(path)) {
                ServiceNotice notice = ServiceNotice.of(Map.of("NOTIFY_SOCKET", path));
                notice.ready("serves\nhttp://here");
                assertThat(systemd.hears()).isEqualTo("READY=1\nSTATUS=serves http://here");
                notice.stopping();
                assertThat(systemd.hears()).isEqualTo("STOPPING=1");
            }
        }
    }

    @Test
    void also_on_an_abstract_socket() throws Throwable {
        String name = "@tidemark-test-" + ProcessHandle.current().pid();
        try (DatagramListener systemd = new DatagramListener(name)) {
            ServiceNotice.of(Map.of("NOTIFY_SOCKET", name)).ready("x");
            assertThat(systemd.hears()).isEqualTo("READY=1\nSTATUS=x");
        }
    }

    @Test
    void nobody_to_be_told_is_no_failure() {
        for (String socket : List.of("", "/nonexistent/notify", "/" + "x".repeat(200))) {
            assertThatCode(() ->
                            ServiceNotice.of(Map.of("NOTIFY_SOCKET", socket)).ready("x"))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> ServiceNotice.of(Map.of()).stopping()).doesNotThrowAnyException();
    }
}
