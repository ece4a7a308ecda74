package dev.tidemark.coordinator.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.KeyTypeException;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.crypto.impl.CriticalHeaderParamsDeferral;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerifierFactory;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Base64URL;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Signatures of JWTs by Ed25519 (RFC 8037, RFC 9864), made out by the JDK: the library would want another library for them. Of the two curves
 * that {@code EdDSA} can mean, it is this one alone.
 */
final class Ed25519 {
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);
    private static final int KEY_BYTES = 32;

    /** What stands before the key in X.509 (RFC 8410, 4). */
    private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /**
     * Chooses keys for these signatures, and leaves all others to somebody else.
     *
     * @param named those that are taken at all
     */
    record Keys(Set<JWSAlgorithm> named, JWKSource<SecurityContext> source, JWSKeySelector<SecurityContext> ofOthers)
            implements JWSKeySelector<SecurityContext> {
        Keys {
            named = Set.copyOf(named);
        }

        @Override
        public List<? extends Key> selectJWSKeys(JWSHeader header, SecurityContext context) throws KeySourceException {
            JWSAlgorithm algorithm = header.getAlgorithm();
            if (!ALGORITHMS.contains(algorithm)) {
                return ofOthers.selectJWSKeys(header, context);
            }
            if (!named.contains(algorithm)) {
                return List.of();
            }
            JWKMatcher fitting = new JWKMatcher.Builder()
                    .keyType(KeyType.OKP)
                    .curve(Curve.Ed25519)
                    .keyID(header.getKeyID())
                    .keyUses(KeyUse.SIGNATURE, null)
                    .algorithms(algorithm, null)
                    .build();
            List<Key> keys = new ArrayList<>();
            for (JWK key : source.get(new JWKSelector(fitting), context)) {
                keys.add(publicKey(key.toOctetKeyPair()));
            }
            return keys;
        }
    }

    private static PublicKey publicKey(OctetKeyPair key) throws KeySourceException {
        byte[] bytes = key.getDecodedX();
        if (bytes.length != KEY_BYTES) {
            throw new KeySourceException("an Ed25519 key of the issuer has " + bytes.length + " bytes");
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(KEY_PREFIX);
        encoded.writeBytes(bytes);
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
        } catch (GeneralSecurityException malformed) {
            throw new KeySourceException("an Ed25519 key of the issuer is none", malformed);
        }
    }

    /** Makes verifiers of these signatures too. */
    static final class Verifiers implements JWSVerifierFactory {
        private final DefaultJWSVerifierFactory others = new DefaultJWSVerifierFactory();

        @Override
        public Set<JWSAlgorithm> supportedJWSAlgorithms() {
            Set<JWSAlgorithm> all = new HashSet<>(others.supportedJWSAlgorithms());
            all.addAll(ALGORITHMS);
            return all;
        }

        @Override
        public JCAContext getJCAContext() {
            return others.getJCAContext();
        }

        @Override
        public JWSVerifier createJWSVerifier(JWSHeader header, Key key) throws JOSEException {
            if (!ALGORITHMS.contains(header.getAlgorithm())) {
                return others.createJWSVerifier(header, key);
            }
            if (key instanceof EdECPublicKey ours
                    && ours.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
                return new Verifier(ours);
            }
            throw new KeyTypeException(EdECPublicKey.class);
        }
    }

    private record Verifier(EdECPublicKey key) implements JWSVerifier {
        @Override
        public Set<JWSAlgorithm> supportedJWSAlgorithms() {
            return ALGORITHMS;
        }

        @Override
        public JCAContext getJCAContext() {
            return new JCAContext();
        }

        @Override
        public boolean verify(JWSHeader header, byte[] signed, Base64URL signature) throws JOSEException {
            // It says that it must not be believed by whoever does not understand all of it.
            if (!new CriticalHeaderParamsDeferral().headerPasses(header)) {
                return false;
            }
            try {
                Signature verification = Signature.getInstance("Ed25519");
                verification.initVerify(key);
                verification.update(signed);
                return verification.verify(signature.decode());
            } catch (SignatureException malformed) {
                return false;
            } catch (GeneralSecurityException failure) {
                throw new JOSEException("Ed25519 signatures cannot be verified here", failure);
            }
        }
    }
}
