package dev.tidemark.coordinator.cli;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The address of an export, as clients of each family take it. A client's own keys lie with the client, in a directory that a shell
 * variable names.
 */
record PullUri(String text, URI parsed) {
    private enum Guard {
        NONE,
        CERTIFICATES,
        SHARED_KEY
    }

    static PullUri of(String text) {
        return new PullUri(text, URI.create(text));
    }

    private Guard guard() {
        if (!"nbds".equals(parsed.getScheme())) {
            return Guard.NONE;
        }
        return parsed.getUserInfo() == null ? Guard.CERTIFICATES : Guard.SHARED_KEY;
    }

    /** What a client has to say once, before any of the other lines. */
    List<String> preparation() {
        return switch (guard()) {
            case NONE -> List.of();
            case CERTIFICATES ->
                List.of(
                        "# where the client's ca-cert.pem, client-cert.pem and client-key.pem lie:",
                        "KEYS=/etc/pki/tidemark");
            case SHARED_KEY ->
                List.of(
                        "# where a keys.psk lies with the key of " + parsed.getUserInfo() + ":",
                        "KEYS=/etc/pki/tidemark");
        };
    }

    /** For nbdcopy and nbdinfo. */
    String forLibnbd() {
        return switch (guard()) {
            case NONE -> quoted(text);
            case CERTIFICATES -> quoted(text + "?tls-certificates=") + "\"$KEYS\"";
            case SHARED_KEY -> quoted(text + "?tls-psk-file=") + "\"$KEYS\"/keys.psk";
        };
    }

    /** All that says what is read, options and all. */
    String forQemuImg() {
        return switch (guard()) {
            case NONE -> "-f raw " + quoted(text);
            case CERTIFICATES -> "--object tls-creds-x509,id=keys,endpoint=client,dir=\"$KEYS\" " + imageOptions();
            case SHARED_KEY ->
                "--object " + quoted("tls-creds-psk,id=keys,endpoint=client,username=" + user() + ",dir=")
                        + "\"$KEYS\" " + imageOptions();
        };
    }

    private String imageOptions() {
        String host = Optional.ofNullable(parsed.getHost()).orElse("");
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return "--image-opts "
                + quoted("driver=nbd,server.type=inet,server.host=" + bare + ",server.port=" + parsed.getPort()
                        + ",export=" + parsed.getPath().substring(1) + ",tls-creds=keys");
    }

    private String user() {
        return Optional.ofNullable(parsed.getUserInfo()).orElse("");
    }

    /** As a shell takes it for one word. */
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
