package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a gateway lets clients read pull backups, and whom. */
class PullOptions {
    private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final int PORT_MAX = 65_535;

    @Option(
            names = "--pull-ports",
            paramLabel = "FIRST-LAST",
            description = "Serve pull backups over TCP, each machine on one of these ports; else on unix sockets.")
    private @Nullable String ports;

    @Option(
            names = "--pull-address",
            paramLabel = "ADDRESS",
            description = "On which address of this host: 127.0.0.1 if not given.")
    private @Nullable String address;

    @Option(
            names = "--pull-tls",
            paramLabel = "DIR",
            description = "To clients with a certificate: DIR holds ca-cert.pem, server-cert.pem and server-key.pem.")
    private @Nullable Path certificates;

    @Option(
            names = "--pull-psk",
            paramLabel = "DIR",
            description = "To clients that share a key: DIR holds keys.psk, with lines like user:key.")
    private @Nullable Path sharedKey;

    @Option(
            names = "--pull-plain",
            description = "To everybody who reaches the port, and everybody on the way reads along.")
    private boolean plain;

    Optional<PullListening> listening() {
        String range = ports;
        if (range == null) {
            if (address != null || certificates != null || sharedKey != null || plain) {
                throw Session.misuse("--pull-address, --pull-tls, --pull-psk and --pull-plain need --pull-ports");
            }
            return Optional.empty();
        }
        int guards = (certificates == null ? 0 : 1) + (sharedKey == null ? 0 : 1) + (plain ? 1 : 0);
        if (guards != 1) {
            throw Session.misuse("--pull-ports takes one of --pull-tls DIR, --pull-psk DIR and --pull-plain");
        }
        String reached = address == null ? "127.0.0.1" : address;
        if (reached.isBlank() || reached.equals("0.0.0.0") || reached.equals("::")) {
            throw Session.misuse("--pull-address takes an address at which clients reach this host");
        }
        Matcher matcher = PORTS.matcher(range);
        int first = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        int last = matcher.matches() && matcher.group(2) != null ? Integer.parseInt(matcher.group(2)) : first;
        if (first < 1 || last < first || last > PORT_MAX) {
            throw Session.misuse("--pull-ports takes ports like 10809-10840");
        }
        return Optional.of(new PullListening(
                reached, first, last, Optional.ofNullable(certificates), Optional.ofNullable(sharedKey)));
    }
}
