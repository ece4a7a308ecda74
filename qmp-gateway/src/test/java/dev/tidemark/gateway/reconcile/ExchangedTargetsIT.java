package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.LoopDevice;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What QEMU opens by name may be another thing than what was made or looked at. Not a byte of that other thing becomes another. */
class ExchangedTargetsIT {
    /** Of the incompatible features (an image that was not closed), and of the autoclear ones (one that no QEMU knows). */
    private static final int DIRTY_BYTE = 79;

    private static final int AUTOCLEAR_BYTE = 88;

    @Test
    void an_image_where_a_machines_directory_has_become_a_link_keeps_every_byte_of_its_header() throws IOException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 1 << 20);
            PushBackupOperation push = Operations.backup(Optional.empty(), OptionalLong.empty(), whole(rig));
            Path machine = rig.repository.resolve(rig.machine.value());
            Path aside = rig.repository.resolve("aside");
            Path outside = rig.files.resolve("outside");
            Path inItsPlace = Files.createDirectories(outside.resolve(push.backup() + ".partial"));
            Victim victim = Victim.at(inItsPlace.resolve("d0.qcow2"));
            rig.crash = once(CrashPoint.AFTER_BEGIN, () -> {
                Files.move(machine, aside);
                Files.createSymbolicLink(machine, outside);
                rig.crash = once(CrashPoint.BEFORE_DISMISS, () -> {
                    Files.delete(machine);
                    Files.move(aside, machine);
                });
            });
            assertRefused(rig.run(push), FailureCode.TARGET_REFUSED);
            victim.assertUntouched();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void an_image_that_gets_the_name_of_a_target_keeps_every_byte_of_its_header() throws IOException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            PushBackupOperation push = Operations.backup(Optional.empty(), OptionalLong.empty(), whole(rig));
            assertUntouchedUnderTheNameOf(rig, push, "d0.qcow2");
        }
    }

    @Test
    void an_image_that_gets_the_name_of_a_scratch_file_keeps_every_byte_of_its_header() throws IOException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            assertUntouchedUnderTheNameOf(rig, Operations.pull(whole(rig)), "d0.scratch.qcow2");
        }
    }

    private static void assertUntouchedUnderTheNameOf(Rig rig, BackupOperation operation, String name)
            throws IOException {
        rig.write(0, 0x11, 0, 1 << 20);
        Victim victim = Victim.at(rig.files.resolve("victim"));
        Path named = rig.repository
                .resolve(rig.machine.value())
                .resolve(operation.backup() + ".partial")
                .resolve(name);
        rig.crash = once(CrashPoint.AFTER_BEGIN, () -> {
            Files.delete(named);
            Files.createLink(named, victim.file());
        });
        assertRefused(rig.run(operation), FailureCode.TARGET_REFUSED);
        victim.assertUntouched();
        rig.assertNothingOfOursButBitmaps();
    }

    private static DiskBackup whole(Rig rig) {
        return Operations.full(rig.disk(0), false, Optional.empty());
    }

    /** An image that QEMU puts right where it opens it for writing. */
    @SuppressWarnings("ArrayRecordComponent") // is neither compared nor changed
    private record Victim(Path file, byte[] before) {
        static Victim at(Path file) throws IOException {
            byte[] content = Files.readAllBytes(DiskImage.createQcow2(file, Rig.DISK_BYTES));
            content[DIRTY_BYTE] |= 1;
            content[AUTOCLEAR_BYTE] |= (byte) 0x80;
            Files.write(file, content);
            return new Victim(file, content);
        }

        void assertUntouched() throws IOException {
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    private interface Exchange {
        void make() throws IOException;
    }

    /** The first time that a point is passed. */
    private static CrashHook once(CrashPoint where, Exchange exchange) {
        AtomicBoolean passed = new AtomicBoolean();
        return point -> {
            if (point == where && passed.compareAndSet(false, true)) {
                try {
                    exchange.make();
                } catch (IOException fault) {
                    throw new UncheckedIOException(fault);
                }
            }
        };
    }

    @Test
    void a_device_that_qemu_finds_under_the_name_of_the_one_that_was_looked_at_gets_no_byte() throws IOException {
        try (Rig rig = new Rig(1);
                LoopDevice device = LoopDevice.of(medium(rig, "medium"));
                LoopDevice other = LoopDevice.of(medium(rig, "other"))) {
            rig.allow(new TargetPrefix("/dev"));
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 1 << 20);
            PushBackupOperation copy = to(device, rig);
            TargetNodes nodes = TargetNodes.of(copy.id(), 0);
            rig.crash = once(CrashPoint.AFTER_FILE_OPENED, () -> reopen(rig, nodes, other));
            assertRefused(rig.run(copy), FailureCode.TARGET_REFUSED);
            for (String untouched : new String[] {"medium", "other"}) {
                assertThat(Arrays.mismatch(
                                Files.readAllBytes(rig.files.resolve(untouched)), new byte[(int) Rig.DISK_BYTES]))
                        .isEqualTo(-1);
            }
            rig.assertNothingOfOursButBitmaps();
        }
    }

    private static Path medium(Rig rig, String name) throws IOException {
        return Files.write(rig.files.resolve(name), new byte[(int) Rig.DISK_BYTES]);
    }

    private static PushBackupOperation to(LoopDevice device, Rig rig) {
        DiskBackup file = whole(rig);
        return Operations.backup(
                Optional.empty(),
                OptionalLong.empty(),
                new DiskBackup(
                        file.plan(),
                        file.tracked(),
                        file.previous(),
                        file.merge(),
                        Optional.of(new TargetAddress(device.path()))));
    }

    /** As if the name had led there when QEMU looked it up. */
    private static void reopen(Rig rig, TargetNodes nodes, LoopDevice other) {
        try (RawMonitor bystander = rig.bystander()) {
            for (String node : new String[] {nodes.lock(), nodes.file()}) {
                bystander.execute("{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"" + node + "\"}}");
            }
            bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"host_device\",\"node-name\":\""
                    + nodes.file() + "\",\"filename\":\"" + other.path() + "\",\"cache\":{\"direct\":true}}}");
            bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"raw\",\"node-name\":\""
                    + nodes.lock() + "\",\"size\":0,\"file\":\"" + nodes.file() + "\"}}");
        }
    }

    private static void assertRefused(Outcome outcome, FailureCode code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
