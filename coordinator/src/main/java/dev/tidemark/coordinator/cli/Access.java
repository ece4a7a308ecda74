package dev.tidemark.coordinator.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What keeps strangers from a coordinator that listens on more than this host.
 *
 * @param tls empty for plain HTTP
 * @param oidc whose JWTs are taken; empty for nobody's
 */
public record Access(Optional<Tls> tls, Optional<Oidc> oidc) {
    /** Plain HTTP, and tokens alone. */
    public static final Access TOKENS = new Access(Optional.empty(), Optional.empty());

    /**
     * Files in PEM.
     *
     * @param clientAuthority who signs the certificates of clients; empty if they show none
     */
    public record Tls(Path certificate, Path key, Optional<Path> clientAuthority) {}

    /**
     * An issuer of JWTs, in the words of the command line.
     *
     * @param jwks an address or a file
     * @param roles what the values of a claim give: a role, and after a colon a pattern
     */
    public record Oidc(
            URI issuer,
            String audience,
            Optional<URI> jwks,
            Set<String> algorithms,
            List<String> rolesClaim,
            Map<String, String> roles,
            Optional<String> scopeClaim) {
        public Oidc {
            algorithms = Set.copyOf(algorithms);
            rolesClaim = List.copyOf(rolesClaim);
            roles = Map.copyOf(roles);
        }
    }
}
