package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.show.Text;
import dev.tidemark.gateway.act.repository.CataloguedBackup;
import dev.tidemark.gateway.act.repository.CataloguedMachine;
import dev.tidemark.gateway.act.repository.KeyRing;
import dev.tidemark.gateway.act.repository.ReadBack;
import dev.tidemark.gateway.act.repository.RepositoryCatalogue;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.act.repository.RestorePointExport;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.Ulid;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * {@code tidemark restore --repo-dir}: from a repository's manifests alone, in this process, for whoever has lost the coordinator or its
 * database. Loaded only when it is asked for: the other verbs carry nothing of a gateway.
 */
final class RepositoryRestore {
    private final Session session;

    RepositoryRestore(Session session) {
        this.session = session;
    }

    int run(RepositoryRequest request) {
        if (!request.isStream()) {
            return done(request);
        }
        try {
            return done(request);
        } catch (Failure failure) {
            // Standard output is the disk's alone.
            session.output().printError(failure.detail(), failure.remedy());
            return failure.exitCode().number();
        }
    }

    private int done(RepositoryRequest request) {
        try {
            RepositoryCatalogue catalogue = RepositoryCatalogue.of(request.directory());
            catalogue.faults().forEach(fault -> note("not read: " + fault));
            if (request.to().isPresent()) {
                return restored(catalogue, request, request.to().get());
            }
            if (request.isStream()) {
                return streamed(catalogue, request);
            }
            if (request.export().isPresent()) {
                return exported(catalogue, request, request.export().get());
            }
            return listed(catalogue, request);
        } catch (RepositoryException failure) {
            throw failed(failure);
        }
    }

    private int listed(RepositoryCatalogue catalogue, RepositoryRequest request) {
        if (request.machine().isEmpty()) {
            JsonNode document = RepositoryPages.machines(catalogue);
            return session.print(document, RepositoryPages.machinesPage(document));
        }
        CataloguedMachine machine = machine(catalogue, request.machine().get());
        JsonNode document = RepositoryPages.backups(catalogue, machine);
        return session.print(document, RepositoryPages.backupsPage(document));
    }

    private int restored(RepositoryCatalogue catalogue, RepositoryRequest request, Path to) throws RepositoryException {
        CataloguedMachine machine = chosen(catalogue, request);
        BackupId backup = chosen(machine, request);
        List<RestoredDisk> disks = written(catalogue, machine, backup, request, to);
        JsonNode document = Json.MAPPER.valueToTree(new Restored(backup, disks));
        return session.print(document, BackupPages.restore(document));
    }

    /** Nothing of a backup that is damaged goes out, so it is read back before. */
    private int streamed(RepositoryCatalogue catalogue, RepositoryRequest request) throws RepositoryException {
        StreamedRestore.refuseTerminal(session);
        CataloguedMachine machine = chosen(catalogue, request);
        BackupId backup = chosen(machine, request);
        if (request.disks().size() != 1) {
            throw Session.misuse("standard output takes one disk of backup " + backup + ": name it with --disk");
        }
        RepositoryProgress progress = new RepositoryProgress(session.terminal());
        try (InterruptedWork _ = InterruptedWork.ofThisThread()) {
            ReadBack readBack = catalogue.readBack(machine.id(), backup, request.disks(), progress);
            progress.end();
            Path place = Files.createTempDirectory("tidemark-restore-");
            try (RestorePointExport export = catalogue.export(
                    machine.id(),
                    backup,
                    request.disks(),
                    place.resolve("export"),
                    false,
                    new KeyRing(request.keys()))) {
                RestorePointExport.ExportedDisk disk = export.disks().getFirst();
                StreamedRestore.copy(session, backup.value(), disk.disk(), disk.uri(), disk.size());
            } finally {
                Files.deleteIfExists(place);
            }
            readBack.requireUntouched();
            return ExitCode.OK.number();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.local(ExitCode.FAILED, "INTERRUPTED", "interrupted; what was written is not the disk", "");
        } catch (IOException fault) {
            throw Failure.local(
                    ExitCode.FAILED, "REPOSITORY_FAILED", "cannot make a place for the export: " + fault, "");
        } finally {
            progress.end();
        }
    }

    /** Until Ctrl-C, which is how it is meant to end. */
    private int exported(RepositoryCatalogue catalogue, RepositoryRequest request, Path to) throws RepositoryException {
        CataloguedMachine machine = chosen(catalogue, request);
        BackupId backup = chosen(machine, request);
        try (InterruptedWork _ = InterruptedWork.ofThisThread();
                RestorePointExport export = catalogue.export(
                        machine.id(), backup, request.disks(), to, request.isWritable(), new KeyRing(request.keys()))) {
            JsonNode document = RepositoryPages.export(new Exported(backup, request.isWritable(), export.disks()));
            session.print(document, RepositoryPages.exportPage(document));
            note("served until Ctrl-C; nothing was read back before: tidemark backup verify does that");
            throw export.awaitFailure();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.OK.number();
        }
    }

    private static CataloguedMachine chosen(RepositoryCatalogue catalogue, RepositoryRequest request) {
        return request.machine().isPresent()
                ? machine(catalogue, request.machine().get())
                : machineOf(catalogue, request);
    }

    private BackupId chosen(CataloguedMachine machine, RepositoryRequest request) throws RepositoryException {
        return request.backup().isPresent() ? backup(machine, request.backup().get()) : newest(machine, request);
    }

    private BackupId newest(CataloguedMachine machine, RepositoryRequest request) throws RepositoryException {
        CataloguedBackup found = machine.newest(request.disks(), request.at());
        Optional<Instant> at = request.at();
        if (at.isPresent()) {
            machine.underWay(at.get(), found)
                    .forEach(later -> note(
                            "passed over: backup " + later.id() + " may hold a later state than that of " + at.get()));
        }
        return found.id();
    }

    private List<RestoredDisk> written(
            RepositoryCatalogue catalogue,
            CataloguedMachine machine,
            BackupId backup,
            RepositoryRequest request,
            Path to)
            throws RepositoryException {
        RepositoryProgress progress = new RepositoryProgress(session.terminal());
        try (InterruptedWork _ = InterruptedWork.ofThisThread()) {
            return catalogue.restore(
                    freshOperation(),
                    machine.id(),
                    backup,
                    request.disks(),
                    to,
                    request.format(),
                    new KeyRing(request.keys()),
                    progress);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failure.local(ExitCode.FAILED, "INTERRUPTED", "interrupted; what was written so far is removed", "");
        } finally {
            progress.end();
        }
    }

    private static CataloguedMachine machine(RepositoryCatalogue catalogue, String nameOrId) {
        List<CataloguedMachine> called = catalogue.machines().stream()
                .filter(machine -> machine.isCalled(nameOrId))
                .toList();
        if (called.isEmpty()) {
            throw Failure.local(
                    ExitCode.NOT_FOUND,
                    "VM_NOT_FOUND",
                    "there is no machine '" + nameOrId + "' in " + catalogue.directory(),
                    "These are there: " + everyone(catalogue.machines()));
        }
        if (called.size() > 1) {
            throw Failure.local(
                    ExitCode.CONFLICT,
                    "VM_AMBIGUOUS",
                    called.size() + " machines were called '" + nameOrId + "' in the course of time",
                    "Name one by its id: " + everyone(called));
        }
        return called.getFirst();
    }

    private static CataloguedMachine machineOf(RepositoryCatalogue catalogue, RepositoryRequest request) {
        if (request.backup().isPresent()) {
            BackupReference wanted = request.backup().get();
            List<CataloguedMachine> found = catalogue.machines().stream()
                    .filter(machine -> machine.backups().stream().anyMatch(backup -> begins(backup, wanted)))
                    .toList();
            if (found.isEmpty()) {
                throw noBackup(wanted, "in " + catalogue.directory());
            }
            if (found.size() > 1) {
                throw ambiguous(wanted, "of " + found.size() + " machines");
            }
            return found.getFirst();
        }
        throw Session.misuse(
                "VM is missing; in " + catalogue.directory() + " there are: " + everyone(catalogue.machines()));
    }

    private static BackupId backup(CataloguedMachine machine, BackupReference wanted) {
        List<CataloguedBackup> found = machine.backups().stream()
                .filter(backup -> begins(backup, wanted))
                .toList();
        if (found.isEmpty()) {
            throw noBackup(wanted, "of machine " + machine.id());
        }
        if (found.size() > 1) {
            throw ambiguous(wanted, "of machine " + machine.id());
        }
        return found.getFirst().id();
    }

    private static boolean begins(CataloguedBackup backup, BackupReference wanted) {
        return backup.id().value().startsWith(wanted.value());
    }

    private static Failure noBackup(BackupReference wanted, String where) {
        return Failure.local(
                ExitCode.NOT_FOUND,
                "BACKUP_NOT_FOUND",
                "there is no completed backup " + wanted.value() + " " + where,
                "Leave --to out to see those that are there.");
    }

    private static Failure ambiguous(BackupReference wanted, String whose) {
        return Failure.local(
                ExitCode.CONFLICT,
                "BACKUP_AMBIGUOUS",
                "several backups " + whose + " begin with " + wanted.value(),
                "Give more of the id.");
    }

    private static String everyone(List<CataloguedMachine> machines) {
        return machines.stream()
                .map(machine -> machine.name().map(name -> name + " ").orElse("") + machine.id())
                .collect(Collectors.joining(", "));
    }

    private static Failure failed(RepositoryException failure) {
        return switch (failure.code()) {
            case BASE_BACKUP_MISSING, REPOSITORY_UNKNOWN -> said(failure, ExitCode.NOT_FOUND, "");
            case BACKUP_DAMAGED ->
                said(
                        failure,
                        ExitCode.FAILED,
                        "Leave --to out to see the other backups, and name one of them with --backup.");
            case KEY_MISSING, KEY_WRONG ->
                said(failure, ExitCode.FAILED, "Give the key that the message names by --encryption-key FILE.");
            default -> said(failure, ExitCode.FAILED, "");
        };
    }

    private static Failure said(RepositoryException failure, ExitCode exitCode, String remedy) {
        return Failure.local(exitCode, failure.code().name(), String.valueOf(failure.getMessage()), remedy);
    }

    private static OperationId freshOperation() {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        new SecureRandom().nextBytes(randomness);
        return new OperationId(Ulid.encode(System.currentTimeMillis(), randomness));
    }

    private void note(String text) {
        session.terminal().note(Text.harmless(text));
    }

    /** What is served. */
    record Exported(BackupId backup, boolean writable, List<RestorePointExport.ExportedDisk> disks) {}

    /** As a finished restore of a coordinator's is told. */
    private record Restored(BackupId backup, List<RestoredDisk> disks) {}
}
