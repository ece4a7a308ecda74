package dev.tidemark.schema.id;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a gateway may write to: a device or the directory of several, {@code nbd+unix:/DIR} for the sockets below a directory, or
 * {@code nbd://HOST:PORT} for one server, with {@code /NAME} for one export of it. Whole parts of a path count: {@code /dev/loop1} is
 * not {@code /dev/loop10}.
 */
public record TargetPrefix(String value) {
    private static final String KIND = "target prefix";
    private static final String RULE = "/PATH, nbd+unix:/PATH, or nbd://HOST:PORT with or without /NAME";
    private static final String SOCKETS = "nbd+unix:";
    private static final Pattern SERVER = Pattern.compile("(nbd://[^/]+)(/.*)?");

    public TargetPrefix {
        if (!isPath(value)
                && !(value.startsWith(SOCKETS) && isPath(value.substring(SOCKETS.length())))
                && !isServer(value)) {
            throw new InvalidIdentity(KIND, value, RULE);
        }
    }

    private static boolean isPath(String text) {
        // Nothing allows everything.
        return text.length() > 1
                && isAddress(text.endsWith("/") ? text.substring(0, text.length() - 1) : text)
                && text.startsWith("/");
    }

    private static boolean isServer(String text) {
        Matcher matcher = SERVER.matcher(text);
        return matcher.matches() && isAddress(matcher.group(2) == null ? text + "/" : text);
    }

    private static boolean isAddress(String text) {
        try {
            return !new TargetAddress(text).value().isEmpty();
        } catch (InvalidIdentity foreign) {
            return false;
        }
    }

    /** Whether devices lie below it at this path. */
    public boolean coversDevice(String path) {
        return value.startsWith("/") && isBelow(value, path);
    }

    /** Whether NBD servers listen below it on this socket. */
    public boolean coversSocket(String path) {
        return value.startsWith(SOCKETS) && isBelow(value.substring(SOCKETS.length()), path);
    }

    /** Whether this server's export of that name is meant. */
    public boolean coversServer(String server, String export) {
        Matcher matcher = SERVER.matcher(value);
        if (!matcher.matches() || !matcher.group(1).equals("nbd://" + server)) {
            return false;
        }
        String name = matcher.group(2);
        return name == null || name.equals("/") || name.equals("/" + export);
    }

    private static boolean isBelow(String prefix, String path) {
        String directory = prefix.endsWith("/") ? prefix : prefix + "/";
        return path.equals(prefix) || path.startsWith(directory);
    }

    @Override
    public String toString() {
        return value;
    }
}
