package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.security.RequestLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much of a coordinator one caller may take; what is beyond that is told to come again. */
class LimitOptions {
    @Option(
            names = "--requests-per-second",
            paramLabel = "N",
            description = "Of one caller, in the long run (1000). Gateways are not counted.")
    private @Nullable Integer perSecond;

    @Option(
            names = "--requests-burst",
            paramLabel = "N",
            description = "Of one caller, as many at once after a pause (5000).")
    private @Nullable Integer burst;

    @Option(
            names = "--requests-at-once",
            paramLabel = "N",
            description = "Of one caller under way at a time, with those that wait for something (2000).")
    private @Nullable Integer atOnce;

    @Option(
            names = "--bad-credentials-per-minute",
            paramLabel = "N",
            description = "From one address; further ones are not looked at (30).")
    private @Nullable Integer badCredentialsPerMinute;

    RequestLimits limits() {
        RequestLimits usual = RequestLimits.USUAL;
        return new RequestLimits(
                given("--requests-per-second", perSecond, usual.perSecond()),
                given("--requests-burst", burst, usual.burst()),
                given("--requests-at-once", atOnce, usual.atOnce()),
                given("--bad-credentials-per-minute", badCredentialsPerMinute, usual.badCredentialsPerMinute()));
    }

    private static int given(String option, @Nullable Integer given, int usual) {
        if (given == null) {
            return usual;
        }
        if (given < 1) {
            throw Session.misuse(option + " takes 1 or more");
        }
        return given;
    }
}
