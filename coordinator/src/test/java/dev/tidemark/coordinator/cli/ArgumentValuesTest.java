package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentValuesTest {
    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "512B, 512",
        "10K, 10240",
        "10KiB, 10240",
        "10kb, 10240",
        "10m, 10485760",
        "1GiB, 1073741824",
        "2T, 2199023255552",
        "9223372036854775807, 9223372036854775807"
    })
    void rates_are_in_powers_of_1024(String text, long bytesPerSecond) {
        assertThat(ByteRate.parse(text).bytesPerSecond()).isEqualTo(bytesPerSecond);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-07-01T10:00:00Z, 2026-07-01T10:00:00Z",
        "2026-07-01 10:00:00Z, 2026-07-01T10:00:00Z",
        "2026-07-01T12:00+02:00, 2026-07-01T10:00:00Z"
    })
    void a_complete_time_needs_no_assumption(String text, Instant instant) {
        assertThat(PointInTime.parse(text)).isEqualTo(new PointInTime(instant, ""));
    }

    @Test
    void a_time_without_a_zone_is_local() {
        PointInTime parsed = PointInTime.parse("2026-07-01T12:30");
        assertThat(parsed.instant())
                .isEqualTo(LocalDateTime.parse("2026-07-01T12:30")
                        .atZone(ZoneId.systemDefault())
                        .toInstant());
        assertThat(parsed.assumption()).contains(ZoneId.systemDefault().toString());
    }
}
