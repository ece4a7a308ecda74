package dev.tidemark.coordinator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how far the service is (sd_notify(3)): one datagram each to the unix socket that {@code NOTIFY_SOCKET} names. Without that variable nobody waits to be told. A notice that fails is logged, and costs the service nothing else:
 * systemd then gives up waiting.
 */
final class ServiceNotice {
    private static final String VARIABLE = "NOTIFY_SOCKET";

    private final String socket;

    private ServiceNotice(String socket) {
        this.socket = socket;
    }

    /** To whoever started this process. */
    static ServiceNotice of(Map<String, String> environment) {
        return new ServiceNotice(environment.getOrDefault(VARIABLE, ""));
    }

    /** What was asked for can be had now. */
    void ready(String status) {
        tell("READY=1\nSTATUS=" + status.replace('\n', ' '));
    }

    /** The end has begun; what comes now is no failure. */
    void stopping() {
        tell("STOPPING=1");
    }

    private void tell(String state) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            new UnixDatagrams(socket).send(state.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            // Not a constant: this class is there before it is decided where the log goes.
            LoggerFactory.getLogger(ServiceNotice.class)
                    .warn("{} could not be told '{}': {}", socket, state, failure.getMessage());
        }
    }
}
