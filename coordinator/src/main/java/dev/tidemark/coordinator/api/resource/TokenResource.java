package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.ledger.TokenActs;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.CertificateName;
import dev.tidemark.coordinator.security.Grant;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.Scope;
import dev.tidemark.coordinator.security.Tokens;
import dev.tidemark.coordinator.view.Row;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.TokenName;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
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

    record NewToken(
            TokenName name,
            Role role,
            Optional<String> vms,
            Optional<HostName> host,
            Optional<String> certificate,
            OptionalLong lifetimeSeconds) {}

    /** A token, with its text once: when it is made. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record TokenView(
            String id,
            String name,
            String role,
            String vms,
            @Nullable String host,
            @Nullable String hint,
            @Nullable String certificate,
            boolean valid,
            Instant createdAt,
            String createdBy,
            Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable String revokedBy,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String token) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record TokenList(List<TokenView> tokens, @Nullable String next) {}

    @PostMapping("/v1/tokens")
    ResponseEntity<TokenView> create(@RequestBody NewToken body) {
        ActTrail.aboutNow(body.name().value());
        Grant grant = grant(body);
        Optional<CertificateName> certificate = body.certificate().map(this::certificate);
        long lifetime = body.lifetimeSeconds().orElse(LIFETIME_SECONDS);
        if (lifetime < 1 || lifetime > LIFETIME_SECONDS_MAX) {
            throw Refusal.member(
                    "lifetimeSeconds",
                    "'lifetimeSeconds' is not between 1 and " + LIFETIME_SECONDS_MAX,
                    "Leave it out for 90 days.");
        }
        Instant now = ids.now();
        Instant expiresAt = now.plusSeconds(lifetime);
        Optional<TokenView> made = certificate.isPresent()
                ? tokens.create(body.name(), grant, certificate.get(), now, expiresAt)
                        .map(token -> view(token, null))
                : tokens.create(body.name(), grant, now, expiresAt)
                        .map(created -> view(created.token(), created.secret()));
        TokenView view = made.orElseThrow(() -> new Refusal(Problem.of(
                        409,
                        Rejected.NAME_TAKEN,
                        "a token was called '" + body.name() + "' before; a name is never used twice",
                        "Choose another name. If you have lost the answer to a request that made it, revoke it.")
                .withField("name")));
        return ResponseEntity.created(URI.create("/v1/tokens/" + view.id())).body(view);
    }

    private static Grant grant(NewToken body) {
        String pattern = body.vms().orElse(Scope.ALL.text());
        if (!Scope.isWellFormed(pattern)) {
            throw Refusal.member(
                    "vms",
                    "'vms' is neither a pattern of vm names nor a label",
                    "Write a name in which * stands for any characters, as web-*; or a label, as env=prod; or both:"
                            + " web-*,env=prod. Leave it out for all vms.");
        }
        Scope scope = new Scope(pattern);
        if (body.role() == Role.ADMIN && !scope.isAll()) {
            throw Refusal.member(
                    "vms", "an admin token reaches every vm: it could make itself others", "Leave 'vms' out.");
        }
        if (body.role() == Role.GATEWAY && !scope.isAll()) {
            throw Refusal.member(
                    "vms", "a gateway serves every vm of its host, and none of another", "Leave 'vms' out.");
        }
        if ((body.role() == Role.GATEWAY) != body.host().isPresent()) {
            throw Refusal.member(
                    "host",
                    body.host().isPresent()
                            ? "only a gateway is bound to a host"
                            : "a gateway's credential is for one host, and 'host' does not say which",
                    "Give 'host' with the role GATEWAY, and with no other.");
        }
        return new Grant(body.role(), scope, body.host());
    }

    private CertificateName certificate(String given) {
        if (!CertificateName.isWellFormed(given)) {
            throw Refusal.member(
                    "certificate",
                    "'certificate' does not say by what a certificate is known",
                    "Write key: and the SHA-256 of its public key (64 hexadecimal digits), or uri: or dns: and one of"
                            + " its alternative names.");
        }
        CertificateName name = new CertificateName(given);
        if (tokens.isTaken(name)) {
            throw new Refusal(Problem.of(
                            409,
                            Rejected.NAME_TAKEN,
                            "a certificate that is known by this is somebody's credential already",
                            "See GET /v1/tokens, and revoke that one first.")
                    .withField("certificate"));
        }
        return name;
    }

    @GetMapping("/v1/tokens")
    TokenList list(
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after) {
        Page.Wish wish = Page.Wish.of("tokens", limit, after, Page.VERSION);
        Page<TokenView> page = Page.of(wish, reached(wish), token -> view(token, null));
        return new TokenList(page.items(), page.next());
    }

    /** Whoever is kept to some machines would read in the others what others are called. */
    private List<Row<TokenActs.Token>> reached(Page.Wish wish) {
        Scope scope = Callers.current().scope();
        List<Row<TokenActs.Token>> reached = new ArrayList<>();
        long last = wish.version(0);
        SequencedMap<Long, TokenActs.Token> read = tokens.after(last, wish.limit());
        while (!read.isEmpty() && reached.size() < wish.limit()) {
            for (Map.Entry<Long, TokenActs.Token> entry : read.entrySet()) {
                last = entry.getKey();
                if (scope.isAll() || entry.getValue().machines().equals(scope.text())) {
                    reached.add(new Row<>(Long.toString(last), entry.getValue()));
                }
            }
            read = tokens.after(last, wish.limit());
        }
        return reached.subList(0, Math.min(reached.size(), wish.limit()));
    }

    @DeleteMapping("/v1/tokens/{token}")
    TokenView revoke(@PathVariable("token") TokenName nameOrId) {
        return tokens.revoke(nameOrId.value())
                .map(token -> view(token, null))
                .orElseThrow(() -> Refusal.notFound(
                        "TOKEN_NOT_FOUND",
                        "there is no token '" + nameOrId + "'",
                        "'tidemark token list' has the names, and GET /v1/tokens."));
    }

    private static TokenView view(TokenActs.Token token, @Nullable String secret) {
        return new TokenView(
                token.id(),
                token.name(),
                token.role(),
                token.machines(),
                token.host(),
                token.hint(),
                token.certificate(),
                token.valid(),
                token.createdAt(),
                token.createdBy(),
                token.expiresAt(),
                token.revokedAt(),
                token.revokedBy(),
                secret);
    }
}
