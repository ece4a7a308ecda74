package dev.tidemark.coordinator.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whose JWTs are taken: the options of {@code serve} for that. */
final class OidcOptions {
    @Option(names = "--oidc-issuer", paramLabel = "URL", description = "Take JWTs of this OpenID Connect issuer.")
    private @Nullable URI issuer;

    @Option(names = "--oidc-audience", paramLabel = "NAME", description = "That are for this audience.")
    private @Nullable String audience;

    @Option(
            names = "--oidc-jwks",
            paramLabel = "URL|FILE",
            description = "Signed by these keys; else by those that the issuer's description names.")
    private @Nullable String jwks;

    @Option(
            names = "--oidc-algorithm",
            paramLabel = "NAME",
            description =
                    "Signed with this: RS256, PS256, ES256, their longer kin, EdDSA or Ed25519; may be repeated (RS256, ES256).")
    private List<String> algorithms = List.of("RS256", "ES256");

    @Option(
            names = "--oidc-roles-claim",
            paramLabel = "CLAIM",
            description = "Where roles are, as realm_access.roles (roles).")
    private String rolesClaim = "roles";

    @Option(
            names = "--oidc-role",
            paramLabel = "VALUE=ROLE[:VMS]",
            description = "What a value there gives, as backup-team=operator:web-*; may be repeated.")
    private Map<String, String> roles = new LinkedHashMap<>();

    @Option(
            names = "--oidc-scope-claim",
            paramLabel = "CLAIM",
            description = "Where the pattern of machines' names is; a JWT without it is refused.")
    private @Nullable String scopeClaim;

    /** What was asked for; what it means is the coordinator's business. */
    Optional<Access.Oidc> oidc() {
        URI from = issuer;
        String forWhom = audience;
        if (from == null && forWhom == null && roles.isEmpty()) {
            return Optional.empty();
        }
        if (from == null || forWhom == null || roles.isEmpty()) {
            throw Session.misuse("--oidc-issuer, --oidc-audience and --oidc-role belong together");
        }
        return Optional.of(new Access.Oidc(
                from,
                forWhom,
                Optional.ofNullable(jwks).map(OidcOptions::place),
                Set.copyOf(algorithms),
                List.of(rolesClaim.split("\\.")),
                roles,
                Optional.ofNullable(scopeClaim)));
    }

    private static URI place(String given) {
        return given.matches("https?://.*")
                ? URI.create(given)
                : Path.of(given).toAbsolutePath().toUri();
    }
}
