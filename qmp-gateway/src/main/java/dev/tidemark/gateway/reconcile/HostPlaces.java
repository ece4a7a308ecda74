package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.export.TcpExports;
import dev.tidemark.gateway.act.export.TlsCredentials;
import dev.tidemark.gateway.act.repository.Repositories;
import dev.tidemark.gateway.qmp.ReachablePlaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this host's gateway was told at its start, and no more, is what its QEMUs are told. */
public record HostPlaces(Repositories repositories, Path exportDirectory, Optional<TcpExports> tcpExports)
        implements ReachablePlaces {
    private static final Logger LOG = LoggerFactory.getLogger(HostPlaces.class);

    @Override
    public boolean isImage(Path file) {
        try {
            return repositories.contain(file);
        } catch (IOException unreadable) {
            LOG.warn("whether {} lies in a repository cannot be told", file, unreadable);
            return false;
        }
    }

    @Override
    public boolean isDevice(Path device) {
        return repositories.targets().allowDevice(device);
    }

    @Override
    public boolean isNbdSocket(Path socket) {
        return repositories.targets().allowSocket(socket);
    }

    @Override
    public boolean isNbdServer(String host, String port, String export) {
        return repositories.targets().allowServer((host.contains(":") ? "[" + host + "]" : host) + ":" + port, export);
    }

    @Override
    public boolean isKey(Path file) {
        return repositories.hasKeyFile(file);
    }

    @Override
    public boolean isCredentials(Path directory) {
        return tcpExports
                .flatMap(TcpExports::tls)
                .map(TlsCredentials::directory)
                .filter(directory::equals)
                .isPresent();
    }

    @Override
    public boolean isServedAt(Path socket) {
        return exportDirectory.toAbsolutePath().equals(socket.getParent());
    }

    @Override
    public boolean isServedAt(String host, int port) {
        return tcpExports
                .filter(served ->
                        served.address().equals(host) && served.firstPort() <= port && port <= served.lastPort())
                .isPresent();
    }
}
