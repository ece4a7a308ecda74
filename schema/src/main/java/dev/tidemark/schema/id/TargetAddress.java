package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the content of a disk goes that does not go to a file: a block device by its path, or an NBD export as
 * {@code nbd+unix:///NAME?socket=/path} or {@code nbd://host:port/NAME}. One place has one spelling: no {@code .} or {@code ..}, nothing
 * escaped, no capitals in a host's name, no port left out; and there is no character in it that QEMU or a shell could read as something
 * else.
 */
public record TargetAddress(@JsonValue String value) implements Comparable<TargetAddress> {
    private static final int LENGTH_MAX = 255;
    private static final int PORT_MAX = 65_535;
    private static final String KIND = "target address";
    private static final String RULE =
            "the path of a block device, nbd+unix:///NAME?socket=/PATH, or nbd://HOST:PORT/NAME, without '..', commas,"
                    + " blanks and escapes";
    private static final String PATH = "(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9_.:+@-]+)+";
    private static final String NAME = "[A-Za-z0-9_.:-]*";
    private static final Pattern DEVICE = Pattern.compile(PATH);
    private static final Pattern SOCKET = Pattern.compile("nbd\\+unix:///(" + NAME + ")\\?socket=(" + PATH + ")");
    private static final Pattern SERVER =
            Pattern.compile("nbd://([a-z0-9](?:[a-z0-9.-]*)|\\[[0-9a-f:]+\\]):([1-9][0-9]{0,4})/(" + NAME + ")");

    @JsonCreator
    public TargetAddress {
        if (!isOne(value)) {
            throw new InvalidIdentity(KIND, value, RULE);
        }
    }

    /** Whether a text is spelled as one. */
    public static boolean isOne(String text) {
        Matcher server = SERVER.matcher(text);
        return text.length() <= LENGTH_MAX
                && (DEVICE.matcher(text).matches()
                        || SOCKET.matcher(text).matches()
                        || (server.matches() && Integer.parseInt(server.group(2)) <= PORT_MAX));
    }

    /** The device's path; empty if it is none. */
    public Optional<String> device() {
        return value.startsWith("/") ? Optional.of(value) : Optional.empty();
    }

    /** The path of the socket of an NBD server on this host. */
    public Optional<String> socket() {
        Matcher matcher = SOCKET.matcher(value);
        return matcher.matches() ? Optional.of(matcher.group(2)) : Optional.empty();
    }

    /** The host and port of an NBD server, as {@code host:port}. */
    public Optional<String> server() {
        Matcher matcher = SERVER.matcher(value);
        return matcher.matches() ? Optional.of(matcher.group(1) + ":" + matcher.group(2)) : Optional.empty();
    }

    /** The name of the NBD export; empty for a device, and for the server's nameless one. */
    public String export() {
        for (Pattern form : new Pattern[] {SOCKET, SERVER}) {
            Matcher matcher = form.matcher(value);
            if (matcher.matches()) {
                return matcher.group(form == SOCKET ? 1 : 3);
            }
        }
        return "";
    }

    @Override
    public int compareTo(TargetAddress other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
