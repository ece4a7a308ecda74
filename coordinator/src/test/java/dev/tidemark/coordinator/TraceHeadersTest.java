package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.cli.LogFormat;
import dev.tidemark.coordinator.cli.Monitoring;
import dev.tidemark.coordinator.monitor.tracing.Step;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import dev.tidemark.coordinator.testkit.TraceReceiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A receiver of traces that wants to know who sends. */
class TraceHeadersTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final Optional<String> PARENT = Optional.of("00-" + TRACE + "-00f067aa0ba902b7-01");

    @TempDir
    private Path directory = Path.of("");

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve("headers"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static Monitoring monitoring(TraceReceiver receiver, Optional<Path> headers) {
        return new Monitoring(LogFormat.TEXT, OptionalInt.empty(), Optional.of(receiver.url()), headers);
    }

    private static void send(Monitoring monitoring, Optional<String> state) throws IOException {
        try (Tracing tracing = Tracing.of(TraceHeaders.collector(monitoring), "service", "1", "here");
                Step step = tracing.request("GET", PARENT, state)) {
            step.note("http.route", "/v1/vms");
        }
    }

    @Test
    void is_shown_what_the_file_says_and_gets_the_callers_own_state_of_the_trace() throws Exception {
        try (TraceReceiver receiver = TraceReceiver.start()) {
            Path headers = file("\nAuthorization:  Bearer s3cret \nX-Scope-OrgID: backup\n", "rw-------");
            send(monitoring(receiver, Optional.of(headers)), Optional.of("vendor=one"));
            assertThat(receiver.shown()).containsOnly("Bearer s3cret");
            assertThat(receiver.of(TRACE))
                    .singleElement()
                    .satisfies(span -> assertThat(span.state()).isEqualTo("vendor=one"));
        }
    }

    @Test
    void is_shown_nothing_without_a_file_and_no_state_that_is_none() throws Exception {
        try (TraceReceiver receiver = TraceReceiver.start()) {
            send(monitoring(receiver, Optional.empty()), Optional.of("not a state"));
            assertThat(receiver.shown()).isEmpty();
            assertThat(receiver.of(TRACE))
                    .singleElement()
                    .satisfies(span -> assertThat(span.state()).isEmpty());
        }
    }

    @Test
    void a_file_that_others_can_read_is_refused() throws Exception {
        Path headers = file("Authorization: Bearer s3cret", "rw-r--r--");
        try (TraceReceiver receiver = TraceReceiver.start()) {
            assertThatThrownBy(() -> TraceHeaders.collector(monitoring(receiver, Optional.of(headers))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("chmod 600");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer s3cret", "Authorization: s3cret\nAuthorization: s3cret", "A: s3\u0001cret"})
    void what_is_no_header_is_refused_and_not_repeated(String content) throws Exception {
        Path headers = file(content, "rw-------");
        try (TraceReceiver receiver = TraceReceiver.start()) {
            assertThatThrownBy(() -> TraceHeaders.collector(monitoring(receiver, Optional.of(headers))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(headers.toString())
                    .hasMessageNotContaining("s3");
        }
    }
}
