package dev.tidemark.coordinator.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Addresses with a common beginning, as {@code 10.0.0.0/8} or {@code fd00::/8}. */
public record Network(List<Byte> beginning, int bits) {
    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final int BITS_IN_BYTE = 8;

    /**
     * What the text says.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = literal(address).getAddress();
        int bits = slash < 0 ? bytes.length * BITS_IN_BYTE : number(text.substring(slash + 1), text);
        if (bits > bytes.length * BITS_IN_BYTE) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        return of(bytes, bits);
    }

    /** The network of one address. */
    static Network of(InetAddress address) {
        return of(address.getAddress(), address.getAddress().length * BITS_IN_BYTE);
    }

    private static Network of(byte[] bytes, int bits) {
        Byte[] boxed = new Byte[bytes.length];
        Arrays.setAll(boxed, index -> bytes[index]);
        return new Network(List.of(boxed), bits);
    }

    /** Never asks a name server. */
    static boolean isLiteral(String host) {
        return LITERAL.matcher(unbracketed(host)).matches();
    }

    static InetAddress literal(String host) {
        String text = unbracketed(host);
        if (!isLiteral(text)) {
            throw new IllegalArgumentException("not an address: " + host);
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException malformed) {
            throw new IllegalArgumentException("not an address: " + host, malformed);
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != beginning.size()) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % BITS_IN_BYTE);
            if (((bytes[bit / BITS_IN_BYTE] ^ beginning.get(bit / BITS_IN_BYTE)) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int number(String digits, String text) {
        if (!digits.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        return Integer.parseInt(digits);
    }
}
