package dev.tidemark.gateway.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Whoever waits without a limit of his own has one that a slow machine with much else to do does not reach: Awaitility's own is ten
 * seconds. JUnit finds it by itself, in the tests of the coordinator as well.
 */
public final class PatientAwaits implements BeforeAllCallback {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(TIME_MAX);
    }
}
