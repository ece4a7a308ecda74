package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.export.UnixExportSocket;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The restore points that this host serves by its coordinator's word. Each has a socket beside those of pull backups, and
 * {@code <scratch>/<machine>/<operation>/} with the record of its process and what clients wrote. That directory is there before the
 * process is, and goes after it: it tells whoever comes after a crash what there was.
 */
public final class RestoreExports {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreExports.class);
    private static final String PROCESS_FILE = "pid";

    private final Repositories repositories;
    private final Path sockets;
    private final Path scratch;

    /** Their sockets lie in the one directory, what clients write in the other; both are made when they are needed. */
    public RestoreExports(Repositories repositories, Path sockets, Path scratch) {
        this.repositories = repositories;
        this.sockets = sockets;
        this.scratch = scratch.toAbsolutePath();
    }

    /**
     * Serves disks when this returns, from the same place again if an earlier gateway did. Every layer is looked at as a restore looks at
     * it before it reads; what can only be seen by reading is not.
     */
    public OpenExport open(RestoreExportOperation operation, MachineId machine)
            throws RepositoryException, InterruptedException {
        try {
            return opened(operation, machine);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot export backup " + operation.backup(), fault);
        }
    }

    private OpenExport opened(RestoreExportOperation operation, MachineId machine)
            throws RepositoryException, IOException, InterruptedException {
        Repository repository = repositories.named(operation.repository());
        Place place = place(machine, operation.id());
        boolean written = operation.terms().writable() && DurableFiles.directoryExists(place.directory());
        boolean keep = false;
        try {
            if (repositories.contain(place.directory())) {
                throw new RepositoryException(
                        FailureCode.UNSUPPORTED,
                        scratch + " lies in a repository: what clients write does not go there");
            }
            place.endProcess();
            List<BackupChain> chains =
                    BackupChain.whole(repository.tree(), machine, operation.backup(), operation.disks());
            Map<Layer, Layer.Stamp> stamps = checked(chains, new LogRecord(operation.recorded()));
            place.prepare();
            List<ExportDaemon.Part> parts = new ArrayList<>();
            List<ReadyDisk> disks = new ArrayList<>();
            for (BackupChain chain : chains) {
                Layer top = chain.layers().getFirst();
                String name = operation.terms().exportName(top.disk());
                Optional<Path> overlay = operation.terms().writable()
                        ? Optional.of(WrittenImage.in(place.directory(), top))
                        : Optional.empty();
                parts.add(new ExportDaemon.Part(chain.images(repository.keys()), name, overlay));
                disks.add(new ReadyDisk(
                        top.disk(),
                        place.socket().uri(name),
                        Optional.empty(),
                        top.stored().size()));
            }
            ExportDaemon daemon = ExportDaemon.start(parts, place.socket().path(), place.record());
            try {
                unchanged(stamps);
                keep = true;
            } finally {
                if (!keep) {
                    daemon.kill();
                }
            }
            return new Served(place, daemon, disks, operation.terms().writable());
        } catch (InterruptedException stopped) {
            // What clients wrote before stays for whoever goes on with it.
            keep = true;
            throw stopped;
        } catch (RepositoryException refusal) {
            // A gateway that was started without a key is started again with it.
            keep = written && refusal.code() == FailureCode.KEY_MISSING;
            throw refusal;
        } finally {
            if (!keep) {
                place.remove();
            }
        }
    }

    /** Those of a machine of which something is there, served or not. */
    public List<OperationId> left(MachineId machine) {
        return named(scratch.resolve(machine.value()), OperationId::new);
    }

    /** Ends what is left of one that this process does not serve. */
    public void end(MachineId machine, OperationId operation) throws RepositoryException, InterruptedException {
        try {
            Place place = place(machine, operation);
            place.endProcess();
            place.remove();
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot end export " + operation, fault);
        }
    }

    /** Ends what is left of machines that are no longer this host's. */
    public void endOfOthersThan(Set<MachineId> machines) throws InterruptedException {
        for (MachineId machine : named(scratch, MachineId::new)) {
            if (!machines.contains(machine)) {
                for (OperationId operation : left(machine)) {
                    LOG.info("export {} of machine {}, which is not here any more, is ended", operation, machine);
                    try {
                        end(machine, operation);
                    } catch (RepositoryException stays) {
                        LOG.warn("export {} stays: {}", operation, stays.getMessage());
                    }
                }
            }
        }
    }

    private Place place(MachineId machine, OperationId operation) {
        return new Place(
                scratch.resolve(machine.value()).resolve(operation.value()), new UnixExportSocket(sockets, operation));
    }

    /** As far as it can be seen without reading the files to their ends. */
    private static Map<Layer, Layer.Stamp> checked(List<BackupChain> chains, LogRecord record)
            throws RepositoryException, IOException {
        Map<Layer, Layer.Stamp> stamps = new LinkedHashMap<>();
        for (BackupChain chain : chains) {
            for (Layer layer : chain.layers()) {
                stamps.put(layer, layer.stamp());
            }
            Optional<DamagedDisk> seen = chain.firstFault()
                    .or(() -> chain.layers().stream()
                            .map(record::objection)
                            .flatMap(Optional::stream)
                            .findFirst());
            if (seen.isPresent()) {
                throw RepositoryException.damaged(seen.get());
            }
        }
        return stamps;
    }

    /** What was looked at is what the daemon has opened. */
    private static void unchanged(Map<Layer, Layer.Stamp> stamps) throws RepositoryException, IOException {
        for (Map.Entry<Layer, Layer.Stamp> entry : stamps.entrySet()) {
            if (!entry.getKey().stamp().equals(entry.getValue())) {
                throw RepositoryException.damaged(entry.getKey().damaged("was changed while it was opened"));
            }
        }
    }

    private static <T> List<T> named(Path directory, Function<String, T> identity) {
        List<T> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                try {
                    found.add(identity.apply(String.valueOf(entry.getFileName())));
                } catch (InvalidIdentity foreign) {
                    LOG.debug("not ours: {}", entry, foreign);
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException | DirectoryIteratorException unreadable) {
            LOG.warn("cannot look for exports in {}: {}", directory, unreadable.getMessage());
        }
        return found;
    }

    /** All that there is of an export besides its process. */
    private record Place(Path directory, UnixExportSocket socket) {
        Path record() {
            return directory.resolve(PROCESS_FILE);
        }

        void endProcess() throws IOException, RepositoryException, InterruptedException {
            ExportDaemon.endLeft(record());
            Files.deleteIfExists(record());
        }

        void prepare() throws IOException {
            socket.prepare();
            socket.clear();
            DurableFiles.createDirectories(directory);
        }

        void remove() throws IOException {
            socket.remove();
            Path machine = DurableFiles.parent(directory);
            if (DurableFiles.directoryExists(directory)) {
                Path scratch = DurableFiles.parent(machine).toRealPath();
                FlatRemoval.remove(scratch.resolve(machine.getFileName()), String.valueOf(directory.getFileName()));
            }
            try {
                Files.deleteIfExists(machine);
            } catch (DirectoryNotEmptyException others) {
                LOG.debug("{} has other exports", machine, others);
            }
        }
    }

    /** Served by a daemon of this process. */
    private record Served(Place place, ExportDaemon daemon, List<ReadyDisk> disks, boolean isWritable)
            implements OpenExport {
        @Override
        public Optional<String> fault() {
            if (daemon.isRunning()) {
                return Optional.empty();
            }
            try {
                return Optional.of(String.valueOf(daemon.awaitFailure().getMessage()));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return Optional.of("the process that served it has ended");
            }
        }

        @Override
        public void onEnd(Runnable listener) {
            daemon.onEnd(listener);
        }

        @Override
        public OptionalLong room() throws IOException {
            return isWritable ? OptionalLong.of(FreeSpace.bytes(place.directory())) : OptionalLong.empty();
        }

        @Override
        public void leave() {
            daemon.end();
        }

        @Override
        public void end() throws RepositoryException {
            daemon.kill();
            try {
                place.remove();
            } catch (IOException fault) {
                throw RepositoryException.failed("cannot remove " + place.directory(), fault);
            }
        }
    }
}
