package dev.tidemark.coordinator.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;

/**
 * Who serves a host, or served it last.
 *
 * @param epoch grows with each holder of the host's lease
 * @param coordinator the one that it asks
 * @param state {@code LIVE} while its lease lasts, else {@code GONE}
 */
public record GatewayView(
        String host,
        String instance,
        long epoch,
        String coordinator,
        String state,
        Instant grantedAt,
        Instant lastContact,
        Instant expiresAt,
        String version) {
    /** Whether its lease lasts. */
    @JsonIgnore
    public boolean isLive() {
        return state.equals("LIVE");
    }
}
