package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.Access;
import dev.tidemark.coordinator.security.Grant;
import dev.tidemark.coordinator.security.JwtSettings;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.Scope;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** From the words of the command line to what JWTs give. */
final class Issuers {
    private Issuers() {}

    static JwtSettings of(Access.Oidc asked) {
        Map<String, Grant> grants = new LinkedHashMap<>();
        asked.roles().forEach((value, given) -> grants.put(value, grant(given)));
        return new JwtSettings(
                asked.issuer(),
                asked.audience(),
                asked.jwks(),
                asked.algorithms(),
                asked.rolesClaim(),
                grants,
                asked.scopeClaim(),
                JwtSettings.Lasting.USUAL);
    }

    private static Grant grant(String given) {
        int colon = given.indexOf(':');
        String word = colon < 0 ? given : given.substring(0, colon);
        Scope scope = colon < 0 ? Scope.ALL : new Scope(given.substring(colon + 1));
        Role role;
        try {
            role = Role.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("there is no role '" + word + "'", unknown);
        }
        if (role == Role.ADMIN && !scope.isAll()) {
            throw new IllegalArgumentException("an admin reaches every vm: it could make itself other credentials");
        }
        return new Grant(role, scope, Optional.empty());
    }
}
