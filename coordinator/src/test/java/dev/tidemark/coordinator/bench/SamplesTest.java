package dev.tidemark.coordinator.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** One slow moment moves neither the median nor the figures below it. */
class SamplesTest {
    @Test
    void quantiles_are_values_that_were_measured() {
        Samples samples = new Samples();
        for (int value = 100; value >= 1; value--) {
            samples.add(value);
        }
        assertThat(samples.quantile(0.5)).isEqualTo(51);
        assertThat(samples.quantile(0.99)).isEqualTo(99);
        assertThat(samples.quantile(1)).isEqualTo(100);
        assertThat(samples.median()).isEqualTo(50.5);
        assertThat(samples.newest()).isEqualTo(1);
        assertThat(samples.range()).isEqualTo("1.00 to 100.00 in 100 rounds");
    }
}
