package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.QemuSystem;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that leaves a real machine while a client is about to be told where to read it. */
@Timeout(300)
class UnpluggedDiskIT {
    private static final HostName HOST = new HostName("here");
    private static final DiskName VDA = new DiskName("vda");
    private static final DiskName VDB = new DiskName("vdb");

    @Test
    void a_disk_that_goes_between_the_moment_of_a_pull_and_the_first_word_of_it_ends_the_pull_by_its_name()
            throws IOException {
        try (ShortDirectory files = ShortDirectory.create();
                QemuSystem system = QemuSystem.startMachine(
                        Stream.of("n0", "n1")
                                .map(node -> DiskImage.qcow2Blockdev(
                                        node, DiskImage.createQcow2(files.resolve(node), 1 << 20)))
                                .toList(),
                        List.of(
                                "virtio-scsi-pci",
                                "scsi-hd,drive=n0,id=vda,share-rw=on",
                                "scsi-hd,drive=n1,id=vdb,share-rw=on"))) {
            FakeCoordinator coordinator = new FakeCoordinator(
                    new MachineId(Operations.ulid()), HOST, system.socket().toString());
            Path repository = Files.createDirectory(files.resolve("repository"));
            GatewaySettings settings =
                    GatewaySettings.of(HOST, Map.of(Operations.REPOSITORY, repository), files.resolve("locks"));
            try (Gateway _ = Gateway.start(settings, coordinator, point -> {
                // Its jobs run, both exports are there, and nobody has looked since.
                if (point == CrashPoint.AFTER_EXPORT) {
                    unplug(system, "vdb");
                }
            })) {
                await().until(() -> coordinator
                        .lastObserved()
                        .filter(seen -> seen.disks().size() == 2)
                        .isPresent());
                PullBackupOperation operation = Operations.pull(
                        Operations.full(VDA, false, Optional.empty()), Operations.full(VDB, false, Optional.empty()));
                coordinator.ask(operation);
                await().until(() -> coordinator.outcome(operation.id()).isPresent());
                assertThat(coordinator.outcome(operation.id()).orElseThrow())
                        .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                            assertThat(refused.code()).isEqualTo(FailureCode.EVIDENCE_CHANGED);
                            assertThat(refused.detail()).contains("before anybody was told where to read it");
                            assertThat(refused.disk()).contains(VDB);
                        });
                await().until(() -> coordinator
                        .lastObserved()
                        .filter(seen -> seen.jobs().isEmpty()
                                && seen.nodes().isEmpty()
                                && seen.exports().isEmpty()
                                && seen.partialBackups().isEmpty())
                        .isPresent());
            }
        }
    }

    private static void unplug(QemuSystem system, String device) {
        try (RawMonitor bystander = RawMonitor.connect(system.bystanderSocket())) {
            bystander.execute("{\"execute\":\"device_del\",\"arguments\":{\"id\":\"" + device + "\"}}");
            await().until(() -> !bystander
                    .execute("{\"execute\":\"query-block\"}")
                    .toString()
                    .contains("\"qdev\":\"" + device + "\""));
        }
    }
}
