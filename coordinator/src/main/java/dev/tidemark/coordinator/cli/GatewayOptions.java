package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a gateway on a hypervisor is to run.
 *
 * @param coordinators http or https, with a host; any of them serves any request
 * @param tokenFile empty if it shows a certificate
 * @param home absolute; need not exist
 * @param work what it may do here
 * @param monitoring what it tells those who run it
 * @param tls whom it believes, and what certificate it shows
 * @param takeOver it has the host at once, whoever serves it now
 */
public record GatewayOptions(
        List<URI> coordinators,
        HostName host,
        Optional<Path> tokenFile,
        Path home,
        HostWork work,
        Monitoring monitoring,
        ClientTls tls,
        boolean takeOver) {
    public GatewayOptions {
        coordinators = List.copyOf(coordinators);
    }
}
