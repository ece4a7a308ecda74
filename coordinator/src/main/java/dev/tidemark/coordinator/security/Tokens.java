package dev.tidemark.coordinator.security;

import dev.tidemark.coordinator.ledger.TokenActs;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.TokenName;
import dev.tidemark.schema.id.Ulid;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may call, as the database has it. API tokens: 256 random bits behind a prefix by which they are recognised where they should not be. Only their digest is kept; with so
 * many random bits a plain SHA-256 is enough, and it is looked up, not compared. And client certificates, by what they are called.
 */
public final class Tokens {
    private static final String PREFIX = "tmk_";
    private static final Pattern FORM = Pattern.compile("tmk_[A-Za-z0-9_-]{43}");
    private static final int BYTES = 32;
    private static final int HINT_LENGTH = PREFIX.length() + 4;
    private static final String CALLER_PREFIX = "token:";
    private static final String CERTIFICATE_PREFIX = "certificate:";
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private final TokenActs acts;
    private final Labels labels;
    private final SecureRandom random = new SecureRandom();

    public Tokens(TokenActs acts, Labels labels) {
        this.acts = acts;
        this.labels = labels;
    }

    /** A new token, with what has to be shown to its owner now and cannot be shown again. */
    public record Created(TokenActs.Token token, String secret) {}

    /** Makes a token; empty if there was one of that name before. */
    public Optional<Created> create(TokenName name, Grant grant, Instant now, Instant expiresAt) {
        String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(BYTES));
        TokenActs.Secret kept = new TokenActs.Secret(digest(secret), secret.substring(0, HINT_LENGTH));
        return record(name, grant, kept, null, now, expiresAt).map(made -> new Created(made, secret));
    }

    /** Makes a certificate a credential; empty if there was a token or certificate of that name before. */
    public Optional<TokenActs.Token> create(
            TokenName name, Grant grant, CertificateName certificate, Instant now, Instant expiresAt) {
        return record(name, grant, null, certificate, now, expiresAt);
    }

    private Optional<TokenActs.Token> record(
            TokenName name,
            Grant grant,
            TokenActs.@Nullable Secret secret,
            @Nullable CertificateName certificate,
            Instant now,
            Instant expiresAt) {
        Optional<TokenActs.Token> made = acts.create(
                new TokenActs.NewToken(
                        Ulid.encode(now.toEpochMilli(), bytes(Ulid.RANDOMNESS_BYTES)),
                        name.value(),
                        grant.role().name(),
                        grant.scope().text(),
                        grant.host().map(HostName::value).orElse(null),
                        secret,
                        certificate == null ? null : certificate.value(),
                        expiresAt),
                Callers.current().name(),
                ActTrail.originNow());
        // The entry is the record of it.
        made.ifPresent(_ -> ActTrail.settledNow());
        return made;
    }

    /** The one that is valid now under one of these names of a certificate, if there is exactly one. */
    public Optional<TokenActs.Token> valid(List<CertificateName> names) {
        List<TokenActs.Token> found = acts.validByCertificate(
                names.stream().map(CertificateName::value).toList());
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    /** Whether a certificate of this name is a credential now. */
    public boolean isTaken(CertificateName name) {
        return !acts.validByCertificate(List.of(name.value())).isEmpty();
    }

    /** Those that were made after the act of this number, oldest first, by the numbers of their own acts. */
    public SequencedMap<Long, TokenActs.Token> after(long number, int limit) {
        return acts.after(number, limit);
    }

    /** Ends a token at once; empty if there is none of that name or id. */
    public Optional<TokenActs.Token> revoke(String nameOrId) {
        Optional<TokenActs.Token> found = acts.byId(nameOrId).or(() -> acts.byName(nameOrId));
        found.ifPresent(token -> {
            if (acts.revoke(token.id(), Callers.current().name(), ActTrail.originNow())) {
                ActTrail.settledNow();
            }
        });
        return found.flatMap(token -> acts.byId(token.id()));
    }

    /** Whoever shows this; empty if it is no token, or one that is not valid. Asked of the database each time. */
    Optional<Identity> identify(String text) {
        return FORM.matcher(text).matches()
                ? acts.byHash(digest(text)).flatMap(token -> identity(token, CALLER_PREFIX, Credential.Kind.TOKEN))
                : Optional.empty();
    }

    /** Whoever has this certificate; empty if none, or more than one, is recorded under its names. */
    Optional<Identity> identify(X509Certificate certificate) {
        try {
            return valid(CertificateName.of(certificate))
                    .flatMap(token -> identity(token, CERTIFICATE_PREFIX, Credential.Kind.CERTIFICATE));
        } catch (CertificateParsingException unreadable) {
            LOG.warn("a client certificate was refused, for its names cannot be read: {}", unreadable.toString());
            return Optional.empty();
        }
    }

    /** Whoever has the token of this id; empty if it is not valid. */
    Optional<Identity> identifyById(String id) {
        return acts.byId(id).flatMap(token -> identity(token, CALLER_PREFIX, Credential.Kind.TOKEN));
    }

    /** Whether a caller could still call now, by what is recorded of the credential and by its own end, and would reach the same. */
    public boolean isStillValid(Identity caller, Instant now) {
        Credential credential = caller.credential();
        boolean recorded = credential
                .record()
                .map(id -> acts.byId(id).map(TokenActs.Token::valid).orElse(false))
                .orElse(true);
        return recorded && credential.until().map(now::isBefore).orElse(true) && labels.areUnchangedFor(caller);
    }

    private static Optional<Identity> identity(TokenActs.Token token, String prefix, Credential.Kind kind) {
        if (!token.valid() || !Scope.isWellFormed(token.machines())) {
            return Optional.empty();
        }
        return Role.named(token.role())
                .map(role -> new Identity(
                        prefix + token.name(),
                        new Grant(
                                role,
                                new Scope(token.machines()),
                                Optional.ofNullable(token.host()).map(HostName::new)),
                        Credential.recorded(kind, token.id())));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
