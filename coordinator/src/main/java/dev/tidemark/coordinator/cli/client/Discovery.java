package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.json.Json;
import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Finds the coordinator: by {@code --url}, or by the {@code server.json} that a running one keeps in its home. Read anew
 * each time, because a restarted coordinator may listen elsewhere.
 */
public final class Discovery {
    /** Written by a running coordinator: url and pid. */
    public static final String SERVER_FILE = "server.json";

    /** The token of the administrator. */
    public static final String TOKEN_FILE = "admin.token";

    /** Who signs the certificate of a coordinator that listens with TLS. */
    public static final String AUTHORITY_FILE = "ca.pem";

    private static final long SMALL_FILE_LENGTH_MAX = 64L * 1024;

    private final Path home;
    private final @Nullable String url;
    private final @Nullable Path tokenFile;
    private final ClientTls tls;
    private int turn;

    /** That believes whom the system believes, and shows no certificate. */
    public Discovery(Path home, @Nullable String url, @Nullable Path tokenFile) {
        this(home, url, tokenFile, ClientTls.OF_SYSTEM);
    }

    public Discovery(Path home, @Nullable String url, @Nullable Path tokenFile, ClientTls tls) {
        this.tls = tls;
        this.home = home;
        this.url = url;
        this.tokenFile = tokenFile;
    }

    /**
     * The coordinator to talk to.
     *
     * @throws Failure if none runs, or its token cannot be read
     */
    public Endpoint find() {
        return new Endpoint(
                url == null ? urlOfHome() : given(url).get(turn % given(url).size()),
                tls.own().isPresent() ? Optional.empty() : Optional.of(token()),
                tls);
    }

    /** How many coordinators there are to ask; any of them serves any request. */
    public int count() {
        return url == null ? 1 : given(url).size();
    }

    /** This one does not answer: {@link #find} gives the next one from now on. */
    public void passOver(Endpoint silent) {
        if (count() > 1 && find().url().equals(silent.url())) {
            turn++;
        }
    }

    private static List<URI> given(String urls) {
        return Arrays.stream(urls.split(",", -1))
                .map(one -> address(one, "--url"))
                .toList();
    }

    /** What to start when nothing answers. */
    public String remedy() {
        return url == null
                ? "start one with: tidemark serve --home " + home
                : "start it, or give the right address with --url";
    }

    private URI urlOfHome() {
        Path file = home.resolve(SERVER_FILE);
        String text;
        try {
            text = small(file);
        } catch (NoSuchFileException absent) {
            throw unavailable("no coordinator runs for " + home + " (it holds no " + SERVER_FILE + ")");
        } catch (IOException failure) {
            throw unavailable("cannot read " + file + ": " + reason(failure));
        }
        try {
            JsonNode server = Json.MAPPER.readTree(text);
            return address(server.path("url").asString(""), file.toString());
        } catch (JacksonException malformed) {
            throw unavailable(file + " is not JSON: " + malformed.getOriginalMessage());
        }
    }

    private String token() {
        Path file = tokenFile == null ? home.resolve(TOKEN_FILE) : tokenFile;
        String text;
        try {
            text = small(file).strip();
        } catch (NoSuchFileException absent) {
            throw denied("there is no token file " + file);
        } catch (IOException failure) {
            throw denied("cannot read the token file " + file + ": " + reason(failure));
        }
        // Anything else would break the header, and with it the message that explains why.
        if (text.isEmpty() || !text.chars().allMatch(character -> character > ' ' && character < 127)) {
            throw denied("the token file " + file + " does not hold one line with a token");
        }
        return text;
    }

    private static URI address(String text, String source) {
        try {
            URI parsed = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            String scheme = String.valueOf(parsed.getScheme());
            if ((scheme.equals("http") || scheme.equals("https")) && parsed.getHost() != null) {
                return parsed;
            }
        } catch (IllegalArgumentException malformed) {
            throw badAddress(text, source, malformed);
        }
        throw badAddress(text, source, null);
    }

    private static Failure badAddress(String text, String source, @Nullable Exception cause) {
        Failure failure = Failure.local(
                ExitCode.USAGE,
                "BAD_ADDRESS",
                "'" + text + "' (from " + source + ") is not an address of a coordinator",
                "an address looks like http://127.0.0.1:8391");
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }

    private static String small(Path file) throws IOException {
        if (Files.size(file) > SMALL_FILE_LENGTH_MAX) {
            throw new IOException("it is larger than " + SMALL_FILE_LENGTH_MAX + " bytes");
        }
        return Files.readString(file);
    }

    private static String reason(IOException failure) {
        return failure instanceof AccessDeniedException ? "permission denied" : String.valueOf(failure.getMessage());
    }

    private Failure unavailable(String detail) {
        return Failure.local(ExitCode.UNAVAILABLE, "COORDINATOR_UNAVAILABLE", detail, remedy());
    }

    private static Failure denied(String detail) {
        return Failure.local(
                ExitCode.DENIED,
                "NO_TOKEN",
                detail,
                "give the coordinator's token with --token-file; it is <home of the coordinator>/" + TOKEN_FILE);
    }
}
