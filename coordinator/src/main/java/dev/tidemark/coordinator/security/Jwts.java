package dev.tidemark.coordinator.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JWTs of one issuer (RFC 7519, RFC 9068): signed by a key of its, with an algorithm that was named here, for this audience, at this time,
 * and with a role in a claim. Anything else makes its bearer nobody.
 */
public final class Jwts {
    private static final Logger LOG = LoggerFactory.getLogger(Jwts.class);
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final Pattern SUBJECT = Pattern.compile("[!-~]{1,200}");
    private static final String CALLER_PREFIX = "jwt:";

    private final JwtSettings settings;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /**
     * JWTs of the issuer of these settings.
     *
     * @param retriever gets the issuer's keys, whatever address it is asked for
     */
    public Jwts(JwtSettings settings, ResourceRetriever retriever) {
        this.settings = settings;
        Set<JWSAlgorithm> algorithms =
                settings.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toUnmodifiableSet());
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        JWKSource<SecurityContext> keys = keys(retriever);
        processor.setJWSKeySelector(
                new Ed25519.Keys(algorithms, keys, new JWSVerificationKeySelector<>(algorithms, keys)));
        processor.setJWSVerifierFactory(new Ed25519.Verifiers());
        DefaultJWTClaimsVerifier<SecurityContext> claims = new DefaultJWTClaimsVerifier<>(
                settings.audience(),
                new JWTClaimsSet.Builder().issuer(settings.issuer().toString()).build(),
                Set.of("sub", "exp"));
        claims.setMaxClockSkew((int) SKEW.toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
    }

    private JWKSource<SecurityContext> keys(ResourceRetriever retriever) {
        JwtSettings.Lasting lasting = settings.keysLast();
        try {
            return JWKSourceBuilder.create(settings.issuer().toURL(), retriever)
                    .refreshAheadCache(false)
                    .cache(lasting.current().toMillis(), SKEW.toMillis())
                    .rateLimited(lasting.pause().toMillis())
                    .outageTolerant(lasting.outage().toMillis())
                    .build();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether this has the form of one: three parts. */
    static boolean isOne(String text) {
        return text.chars().filter(letter -> letter == '.').count() == 2;
    }

    Optional<Identity> identify(String text) {
        try {
            JWTClaimsSet claims = processor.process(text, null);
            String subject = claims.getSubject();
            if (!SUBJECT.matcher(subject).matches()) {
                return nobody("its subject is none that a log could keep");
            }
            return grant(claims)
                    .map(grant -> new Identity(
                            CALLER_PREFIX + subject,
                            grant,
                            new Credential(
                                    Credential.Kind.JWT,
                                    Optional.empty(),
                                    Optional.of(claims.getExpirationTime()
                                            .toInstant()
                                            .plus(SKEW)))));
        } catch (ParseException | BadJOSEException bad) {
            return nobody(bad.getMessage());
        } catch (RateLimitReachedException tooOften) {
            return nobody("its key is unknown, and the issuer was asked for keys a moment ago");
        } catch (JOSEException failure) {
            // The keys cannot be had: that is no fault of the bearer's, and somebody has to hear of it.
            LOG.warn("JWTs cannot be verified: {}", failure.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Identity> nobody(@Nullable String reason) {
        LOG.debug("a JWT was refused: {}", reason);
        return Optional.empty();
    }

    /** What its roles give, if they give one thing: of two, nobody has said which. */
    private Optional<Grant> grant(JWTClaimsSet claims) {
        List<Grant> given = values(claims.getClaims()).stream()
                .map(settings.grants()::get)
                .filter(grant -> grant != null)
                .distinct()
                .toList();
        if (given.size() != 1) {
            LOG.info("a JWT of {} has {} roles here, not one", claims.getSubject(), given.size());
            return Optional.empty();
        }
        Grant grant = given.getFirst();
        if (settings.scopeClaim().isEmpty()) {
            return Optional.of(grant);
        }
        Object pattern = claims.getClaim(settings.scopeClaim().get());
        if (!(pattern instanceof String text) || !Scope.isWellFormed(text)) {
            LOG.info("a JWT of {} does not say for which machines it is", claims.getSubject());
            return Optional.empty();
        }
        Scope scope = new Scope(text);
        return grant.role() == Role.ADMIN && !scope.isAll()
                ? Optional.empty()
                : Optional.of(new Grant(grant.role(), scope, Optional.empty()));
    }

    private List<String> values(Map<String, Object> claims) {
        @Nullable Object at = claims;
        for (String step : settings.rolesClaim()) {
            at = at instanceof Map<?, ?> object ? object.get(step) : null;
        }
        return switch (at) {
            case String one -> List.of(one);
            case List<?> several ->
                several.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList();
            case null, default -> List.of();
        };
    }
}
