package dev.tidemark.coordinator.webhook;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where events may be sent: nowhere, unless somebody who starts the coordinator said so.
 *
 * <p>A coordinator stands where others cannot reach. Whoever could have it send requests anywhere would reach through it what is inside.
 * Therefore a URL has to begin as one that was allowed, and what its name leads to has to be a public address, or one of a network that was
 * allowed too; that is asked anew for each connection, which then goes to the very address that was looked at. A name that changes what it
 * leads to in between gains nothing.
 */
public final class AllowedReceivers {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    /** What is not reached over the internet, or leads to where it is not: RFC 6890 and its successors. */
    private static final List<Network> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3")
            .map(Network::parse)
            .toList();

    /** The one part of IPv6 that is given out, without those of it that lead elsewhere (Teredo, documentation, 6to4). */
    private static final Network GLOBAL = Network.parse("2000::/3");

    private static final List<Network> NOT_GLOBAL = Stream.of("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
            .map(Network::parse)
            .toList();

    private final List<URI> prefixes;
    private final List<Network> networks;
    private final Names names;

    /** What a name leads to. */
    @FunctionalInterface
    interface Names {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** Nothing is allowed. */
    public static final AllowedReceivers NONE = new AllowedReceivers(List.of(), List.of());

    public AllowedReceivers(List<URI> prefixes, List<Network> networks) {
        this(prefixes, networks, InetAddress::getAllByName);
    }

    AllowedReceivers(List<URI> prefixes, List<Network> networks, Names names) {
        this.prefixes = List.copyOf(prefixes);
        this.networks = List.copyOf(networks);
        this.names = names;
    }

    /**
     * The beginning of URLs that are to be allowed.
     *
     * @throws IllegalArgumentException if it is none: https with a host, or http with a loopback address
     */
    public static URI prefix(String text) {
        try {
            return wellFormed(text);
        } catch (ReceiverRefused malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
    }

    /** The URL, if it may be a receiver's; what its name leads to is asked when something is sent. */
    public URI check(String text) throws ReceiverRefused {
        URI url = wellFormed(text);
        if (prefixes.stream().noneMatch(prefix -> begins(url, prefix))) {
            throw new ReceiverRefused("no --allow-webhook of this coordinator allows it");
        }
        if (Network.isLiteral(url.getHost())) {
            checked(url, Network.literal(url.getHost()));
        }
        return url;
    }

    /** Where to connect to now, all looked at. */
    List<InetAddress> addresses(URI url) throws ReceiverRefused, UnknownHostException {
        List<InetAddress> addresses = Network.isLiteral(url.getHost())
                ? List.of(Network.literal(url.getHost()))
                : Arrays.asList(names.addresses(url.getHost()));
        for (InetAddress address : addresses) {
            checked(url, address);
        }
        return addresses;
    }

    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return isPlain(url) ? HTTP_PORT : HTTPS_PORT;
    }

    static boolean isPlain(URI url) {
        return url.getScheme().equals("http");
    }

    /** Whoever names an address means it; a name can lead anywhere. */
    private void checked(URI url, InetAddress address) throws ReceiverRefused {
        boolean isNamed = Network.isLiteral(url.getHost());
        if (!isNamed && !isPublic(address) && networks.stream().noneMatch(network -> network.contains(address))) {
            throw new ReceiverRefused(url.getHost() + " leads to " + address.getHostAddress()
                    + ", which is no public address and in no --allow-webhook-network");
        }
    }

    static boolean isPublic(InetAddress address) {
        // An IPv6 address that holds an IPv4 one comes as that from Java, in all forms that a socket would connect to
        // as such.
        return address instanceof Inet6Address
                ? GLOBAL.contains(address) && NOT_GLOBAL.stream().noneMatch(network -> network.contains(address))
                : NOT_PUBLIC.stream().noneMatch(network -> network.contains(address));
    }

    private static URI wellFormed(String text) throws ReceiverRefused {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException malformed) {
            throw new ReceiverRefused("it is not a URL");
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new ReceiverRefused("it is not a URL with a host and without user and fragment");
        }
        boolean loopback = Network.isLiteral(url.getHost())
                && Network.literal(url.getHost()).isLoopbackAddress();
        if (!scheme.equals("https") && !(scheme.equals("http") && loopback)) {
            throw new ReceiverRefused("it does not begin with https; http is for loopback addresses alone");
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        if (Arrays.asList(path.split("/", -1)).contains("..")
                || path.toLowerCase(Locale.ROOT).contains("%2e")) {
            throw new ReceiverRefused("its path has steps back");
        }
        try {
            return new URI(scheme + "://" + url.getHost().toLowerCase(Locale.ROOT)
                    + (url.getPort() < 0 ? "" : ":" + url.getPort()) + (path.isEmpty() ? "/" : path)
                    + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
        } catch (URISyntaxException malformed) {
            throw new ReceiverRefused("it is not a URL");
        }
    }

    /** By whole parts of the path: /hooks allows /hooks and /hooks/x, and not /hooksx. */
    private static boolean begins(URI url, URI prefix) {
        String beginning = prefix.getRawPath();
        String path = url.getRawPath();
        return url.getScheme().equals(prefix.getScheme())
                && url.getHost().equals(prefix.getHost())
                && port(url) == port(prefix)
                && (path.equals(beginning) || path.startsWith(beginning.endsWith("/") ? beginning : beginning + "/"));
    }
}
