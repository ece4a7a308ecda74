package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.ledger.TokenActs;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.Scope;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.schema.id.TokenName;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/tokens}: who may call, besides the administrator of the home directory. */
@RestController
public final class TokenResource {
    private static final long DAY_SECONDS = 24L * 3600;
    private static final long LIFETIME_SECONDS = 90 * DAY_SECONDS;
    private static final long LIFETIME_SECONDS_MAX = 3_660 * DAY_SECONDS;

    private final Tokens tokens;
    private final FreshIds ids;

    public TokenResource(Tokens tokens, FreshIds ids) {
        this.tokens = tokens;
        this.ids = ids;
    }

    record NewToken(TokenName name, Role role, Optional<String> vms, OptionalLong lifetimeSeconds) {}

    /** A token, with its text once: when it is made. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record TokenView(
            String id,
            String name,
            String role,
            String vms,
            String hint,
            boolean valid,
            Instant createdAt,
            String createdBy,
            Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String token) {}

    record TokenList(List<TokenView> tokens) {}

    @PostMapping("/v1/tokens")
    ResponseEntity<TokenView> create(@RequestBody NewToken body) {
        String pattern = body.vms().orElse(Scope.ALL.pattern());
        if (!Scope.isWellFormed(pattern)) {
            throw Refusal.member(
                    "vms",
                    "'vms' is not a pattern of vm names",
                    "Write a name in which * stands for any characters, as web-*; leave it out for all vms.");
        }
        Scope scope = new Scope(pattern);
        if (body.role() == Role.ADMIN && !scope.isAll()) {
            throw Refusal.member(
                    "vms", "an admin token reaches every vm: it could make itself others", "Leave 'vms' out.");
        }
        long lifetime = body.lifetimeSeconds().orElse(LIFETIME_SECONDS);
        if (lifetime < 1 || lifetime > LIFETIME_SECONDS_MAX) {
            throw Refusal.member(
                    "lifetimeSeconds",
                    "'lifetimeSeconds' is not between 1 and " + LIFETIME_SECONDS_MAX,
                    "Leave it out for 90 days.");
        }
        Instant now = ids.now();
        Tokens.Created created = tokens.create(body.name(), body.role(), scope, now, now.plusSeconds(lifetime))
                .orElseThrow(() -> new Refusal(Problem.of(
                                409,
                                Rejected.NAME_TAKEN,
                                "a token was called '" + body.name() + "' before; a name is never used twice",
                                "Choose another name. If you have lost the answer to a request that made it, revoke it.")
                        .withField("name")));
        return ResponseEntity.created(URI.create("/v1/tokens")).body(view(created.token(), created.secret()));
    }

    @GetMapping("/v1/tokens")
    TokenList list() {
        Scope scope = Callers.current().scope();
        // Whoever is kept to some machines would read here what others are called.
        return new TokenList(tokens.all().stream()
                .filter(token -> scope.isAll() || token.machines().equals(scope.pattern()))
                .map(token -> view(token, null))
                .toList());
    }

    @DeleteMapping("/v1/tokens/{token}")
    TokenView revoke(@PathVariable("token") TokenName nameOrId) {
        return tokens.revoke(nameOrId.value())
                .map(token -> view(token, null))
                .orElseThrow(() -> Refusal.notFound(
                        "TOKEN_NOT_FOUND",
                        "there is no token '" + nameOrId + "'",
                        "See GET /v1/tokens for the names."));
    }

    private static TokenView view(TokenActs.Token token, @Nullable String secret) {
        return new TokenView(
                token.id(),
                token.name(),
                token.role(),
                token.machines(),
                token.hint(),
                token.valid(),
                token.createdAt(),
                token.createdBy(),
                token.expiresAt(),
                token.revokedAt(),
                token.revokedBy(),
                secret);
    }
}
