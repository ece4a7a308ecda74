package dev.tidemark.coordinator.cli.client;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * For a client that speaks plain HTTP. java.net.http wants a context for that as well, and one that could encrypt would load every cipher
 * before the first request. This one encrypts nothing, and says so to whoever tries.
 */
final class NoEncryption extends SSLContext {
    NoEncryption() {
        super(new Nothing(), new Origin(), "none");
    }

    private static final class Origin extends Provider {
        private static final long serialVersionUID = 1L;

        Origin() {
            super("tidemark-plain-http", "1", "no encryption");
        }
    }

    private static final class Nothing extends SSLContextSpi {
        @Override
        protected SSLParameters engineGetDefaultSSLParameters() {
            return new SSLParameters(new String[0], new String[0]);
        }

        @Override
        protected SSLParameters engineGetSupportedSSLParameters() {
            return engineGetDefaultSSLParameters();
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("plain HTTP has no keys");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw plain();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw plain();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw plain();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            throw plain();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw plain();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw plain();
        }

        private static IllegalStateException plain() {
            return new IllegalStateException("this client speaks plain HTTP only");
        }
    }
}
