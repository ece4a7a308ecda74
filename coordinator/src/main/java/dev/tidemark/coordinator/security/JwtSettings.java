package dev.tidemark.coordinator.security;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose JWTs are taken, and what they give.
 *
 * @param jwks where the issuer's keys are: an address, or a file; empty to ask the issuer
 * @param algorithms of signatures; none that takes the same key on both sides
 * @param rolesClaim the path to what {@code grants} is asked about, as {@code realm_access.roles}
 * @param grants what each value of that claim gives; a value that is not in here gives nothing
 * @param scopeClaim holds the pattern of the machines' names; empty for what stands in {@code grants}
 * @param keysLast for how long keys are taken for current, and for how long they are used while the issuer does not answer
 */
public record JwtSettings(
        URI issuer,
        String audience,
        Optional<URI> jwks,
        Set<String> algorithms,
        List<String> rolesClaim,
        Map<String, Grant> grants,
        Optional<String> scopeClaim,
        Lasting keysLast) {
    /** Of those that can be asked for. */
    public static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519");

    public JwtSettings {
        algorithms = Set.copyOf(algorithms);
        rolesClaim = List.copyOf(rolesClaim);
        grants = Map.copyOf(grants);
        if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
            throw new IllegalArgumentException("signatures can be of " + ALGORITHMS);
        }
        if (grants.isEmpty() || grants.values().stream().anyMatch(grant -> grant.role() == Role.GATEWAY)) {
            throw new IllegalArgumentException("a role has to be given to somebody, and that of a gateway to nobody");
        }
        requireSafe(issuer);
        jwks.filter(place -> !"file".equals(place.getScheme())).ifPresent(JwtSettings::requireSafe);
    }

    /**
     * For how long keys serve.
     *
     * @param current before they are asked for again
     * @param pause at least between two questions: a JWT with an unknown key makes one
     * @param outage while nobody answers
     */
    public record Lasting(Duration current, Duration pause, Duration outage) {
        public static final Lasting USUAL =
                new Lasting(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofHours(4));
    }

    /** Keys that came over an open network are anybody's. */
    public static URI requireSafe(URI address) {
        if ("https".equals(address.getScheme()) && address.getHost() != null) {
            return address;
        }
        if ("http".equals(address.getScheme()) && address.getHost() != null && isLoopback(address.getHost())) {
            return address;
        }
        throw new IllegalArgumentException("'" + address + "' is neither https, nor http on this host");
    }

    private static boolean isLoopback(String host) {
        try {
            return host.matches("localhost|[0-9.]+|\\[[0-9a-fA-F:]+]")
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
