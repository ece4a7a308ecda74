package dev.tidemark.coordinator.dashboard;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where pages are; what is put into an address is encoded, whatever it is made of. */
public final class Addresses {
    public static final String GATEWAYS = "/ui/gateways";

    private Addresses() {}

    /** Its line among all gateways. */
    public static String host(String name) {
        return GATEWAYS + "#host-" + encoded(name);
    }

    public static String machine(String id) {
        return "/ui/vms/" + encoded(id);
    }

    public static String backup(String id) {
        return "/ui/backups/" + encoded(id);
    }

    public static String operation(String id) {
        return "/ui/operations/" + encoded(id);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
