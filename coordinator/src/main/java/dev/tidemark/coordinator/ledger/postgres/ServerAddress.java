package dev.tidemark.coordinator.ledger.postgres;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A server that somebody else runs: {@code jdbc:postgresql://host/database?user=…}.
 *
 * <p>The user of the URL owns the schema. Its password comes from a file, or from the driver's own {@code ~/.pgpass};
 * never from the URL, because a URL ends up in process lists, shell histories and logs.
 *
 * @param applicationLogin a login for tidemark_application; without it the coordinator connects as the owner and takes on
 *     the application's role for the whole session
 */
public record ServerAddress(String url, Optional<Path> ownerPasswordFile, Optional<ApplicationLogin> applicationLogin) {
    /** How tidemark_application logs in by itself. */
    public record ApplicationLogin(Path passwordFile) {}

    public ServerAddress {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("a database URL begins with jdbc:postgresql://");
        }
        // Looks for the bare word too: an encoded or oddly cased parameter would still be a password in a process list.
        // The driver knows no user:password@host, and would show it as a host that is not there.
        if (url.toLowerCase(Locale.ROOT).contains("password") || shown(url).contains("@")) {
            throw new IllegalArgumentException("a database URL must not hold a password: put it into a file");
        }
    }

    /** The URL without its parameters. */
    String shown() {
        return shown(url);
    }

    private static String shown(String url) {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }
}
