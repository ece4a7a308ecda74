package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Many machines whose log is a list, and what is asked of them. */
final class Crowd implements History {
    private static final Instant AT = Instant.EPOCH;

    private final Map<MachineId, Machine> machines = new LinkedHashMap<>();
    private long ids;

    static String ulid(long number) {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        for (int index = 0; index < 8; index++) {
            randomness[9 - index] = (byte) (number >>> (8 * index));
        }
        return Ulid.encode(1_700_000_000_000L, randomness);
    }

    MachineId machine(String host) {
        MachineId machine = new MachineId(ulid(1_000_000 + machines.size()));
        machines.put(machine, Machine.unknown(machine));
        append(new MachineRegistered(
                machine,
                new MachineName("vm" + machines.size()),
                new HostName(host),
                "/run/" + machine + ".qmp",
                Optional.empty(),
                AT));
        return machine;
    }

    OperationId backup(MachineId machine, String repository) {
        return backup(machine, repository, BackupMode.PUSH, Optional.empty());
    }

    OperationId pull(MachineId machine, String repository) {
        return backup(
                machine,
                repository,
                BackupMode.PULL,
                Optional.of(new PullTerms("key", AT.plusSeconds(60), OptionalLong.empty())));
    }

    private OperationId backup(MachineId machine, String repository, BackupMode mode, Optional<PullTerms> pull) {
        OperationId operation = new OperationId(ulid(++ids));
        append(new BackupRequested(
                machine,
                operation,
                backupOf(operation),
                new RepositoryName(repository),
                mode,
                new BackupRequest.Full(),
                Optional.empty(),
                List.of(),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                pull,
                Optional.empty(),
                AT));
        return operation;
    }

    OperationId verification(MachineId machine, String repository) {
        OperationId operation = new OperationId(ulid(++ids));
        append(new VerificationRequested(machine, operation, backupOf(operation), new RepositoryName(repository), AT));
        return operation;
    }

    void started(MachineId machine, OperationId operation) {
        append(new BackupStarted(machine, operation, backupOf(operation), AT));
    }

    void abort(MachineId machine, OperationId operation) {
        append(new BackupAbortRequested(machine, new OperationId(ulid(++ids)), backupOf(operation), AT));
    }

    /** Whatever it is: for whoever waits all ends are alike. */
    void ended(MachineId machine, OperationId operation) {
        boolean isBackup = now(machine)
                .pending()
                .filter(open -> open.operation().equals(operation))
                .isPresent();
        append(
                isBackup
                        ? new BackupFailed(machine, operation, backupOf(operation), FailureCode.JOB_FAILED, "full", AT)
                        : new BackupVerified(machine, operation, backupOf(operation), 1, AT));
    }

    Machine now(MachineId machine) {
        return machines.getOrDefault(machine, Machine.unknown(machine));
    }

    List<Machine> all() {
        return new ArrayList<>(machines.values());
    }

    private static BackupId backupOf(OperationId operation) {
        return new BackupId(operation.value());
    }

    private void append(MachineEvent event) {
        machines.merge(event.machine(), Machine.unknown(event.machine()), (known, none) -> known.evolve(event));
    }

    @Override
    public Machine machine(MachineId id) {
        return now(id);
    }

    @Override
    public Map<MachineId, Long> versions() {
        Map<MachineId, Long> versions = new LinkedHashMap<>();
        machines.forEach((id, machine) -> versions.put(id, machine.version()));
        return versions;
    }

    @Override
    public OptionalLong record(Report report, Optional<HostName> host) {
        return OptionalLong.of(now(report.machine()).version());
    }
}
