package dev.tidemark.schema.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineRemoved;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is in somebody's log today must be readable for ever. A golden file is written once, with
 * {@code -Dgolden.write=true}, and never edited; an event that changes its shape gets a new version and a new file.
 */
class GoldenEventTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/events");
    private static final Path LATER = Path.of("src/test/resources/golden/events-later");

    static Collection<String> names() {
        return EventNames.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void an_event_is_read_and_written_as_its_golden_file_says(String name) throws IOException {
        Class<? extends MachineEvent> type = EventNames.classOf(name);
        MachineEvent sample = EventSamples.all().stream()
                .filter(type::isInstance)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no sample of " + name));
        assertGolden(GOLDEN, name, sample);
        assertThat(EventNames.nameOf(sample.getClass())).isEqualTo(name);
    }

    static Stream<Arguments> later() {
        return Stream.of(
                Arguments.of("checkpoint-created.v1.dirty-bytes", EventSamples.checkpointCreatedWithCanary()),
                Arguments.of("backup-requested.v1.compression", EventSamples.backupRequestedWithCompression()),
                Arguments.of("checkpoint-requested.v1.quiesce", EventSamples.checkpointRequestedQuiesced()),
                Arguments.of("backup-requested.v1.quiesce", EventSamples.backupRequestedQuiesced()),
                Arguments.of("checkpoint-created.v1.crash-cause", EventSamples.checkpointCreatedThoughNotFrozen()),
                Arguments.of("backup-completed.v1.moment", EventSamples.backupCompletedFrozen()),
                Arguments.of("backup-requested.v1.deadline", EventSamples.backupRequestedWithDeadline()),
                Arguments.of("backup-abort-requested.v1.cause", EventSamples.backupAbortedByDeadline()),
                Arguments.of("verification-requested.v1.deep", EventSamples.deepVerificationRequested()),
                Arguments.of("backup-verified.v1.deep", EventSamples.backupVerifiedDeep()),
                Arguments.of("machine-observed.v1.machine", EventSamples.machineObservedWithMachine()),
                Arguments.of("checkpoint-created.v1.configuration", EventSamples.checkpointCreatedWithConfiguration()),
                Arguments.of("backup-completed.v1.configuration", EventSamples.backupCompletedWithConfiguration()),
                Arguments.of("machine-registered.v1.formers", EventSamples.machineRegisteredAfterAnother()),
                Arguments.of("machine-removed.v1.left", EventSamples.machineRemovedWithWhatIsLeft()),
                Arguments.of("backup-requested.v1.copy", EventSamples.backupRequested(new BackupRequest.Copy())),
                Arguments.of(
                        "backup-requested.v1.differential", EventSamples.backupRequested(EventSamples.differential())),
                Arguments.of("backup-merged.v1.encryption", EventSamples.backupMergedEncrypted()),
                Arguments.of("backup-completed.v1.encryption", EventSamples.backupCompletedEncrypted()),
                Arguments.of("backup-completed.v1.identity", EventSamples.backupCompletedWithIdentity()),
                Arguments.of("backup-requested.v1.targets", EventSamples.backupRequested(EventSamples.copyToTargets())),
                Arguments.of("backup-deleted.v1.left-alone", EventSamples.backupDeletedFromTargets()),
                Arguments.of("restore-requested.v1.targets", EventSamples.restoreToTargetsRequested()),
                Arguments.of("backup-requested.v1.pull", EventSamples.backupRequestedToBePulled()));
    }

    /** An optional member that came later gets a golden file of its own, beside that of the events from before. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("later")
    void an_event_with_a_member_that_came_later_is_read_and_written_as_its_golden_file_says(
            String name, MachineEvent sample) throws IOException {
        assertGolden(LATER, name, sample);
    }

    @Test
    void every_golden_file_of_a_later_member_is_compared() throws IOException {
        try (Stream<Path> files = Files.list(LATER)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            later().map(row -> row.get()[0] + ".json").toList());
        }
    }

    private static void assertGolden(Path directory, String name, MachineEvent sample) throws IOException {
        Path file = directory.resolve(name + ".json");
        if (Boolean.getBoolean("golden.write") && Files.notExists(file)) {
            Files.createDirectories(directory);
            Files.writeString(file, Json.MAPPER.writeValueAsString(sample) + "\n");
        }
        String golden = Files.readString(file).strip();
        assertThat(Json.MAPPER.readValue(golden, sample.getClass())).isEqualTo(sample);
        assertThat(Json.MAPPER.writeValueAsString(sample)).isEqualTo(golden);
    }

    @Test
    void every_golden_file_belongs_to_a_name_that_is_still_known() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            names().stream().map(name -> name + ".json").toList());
        }
    }

    @Test
    void every_event_that_can_happen_has_a_name_with_a_version() {
        List<Class<?>> permitted = List.of(MachineEvent.class.getPermittedSubclasses());
        assertThat(EventNames.all().values()).<Class<?>>extracting(type -> type).containsAll(permitted);
        assertThat(names()).allMatch(name -> name.matches("[a-z]+(-[a-z]+)*\\.v[1-9][0-9]*"));
    }

    @Test
    void what_an_operator_let_go_is_stored_and_an_older_log_has_none() {
        MachineRemoved removed = (MachineRemoved) EventSamples.all().stream()
                .filter(MachineRemoved.class::isInstance)
                .findFirst()
                .orElseThrow();
        MachineRemoved abandoning = new MachineRemoved(
                removed.machine(), removed.operation(), Optional.of(removed.operation()), removed.at());
        String stored = Json.MAPPER.writeValueAsString(abandoning);
        assertThat(stored).contains("\"abandoned\"");
        assertThat(Json.MAPPER.readValue(stored, MachineRemoved.class)).isEqualTo(abandoning);
        assertThat(removed.abandoned()).isEmpty();
    }

    @Test
    void an_absent_member_is_not_written_and_may_be_missing() {
        String golden = Json.MAPPER.writeValueAsString(EventSamples.all().getFirst());
        String without = golden.replace(",\"qgaSocket\":\"/run/web.qga\"", "");
        assertThat(without).isNotEqualTo(golden);
        Class<? extends MachineEvent> type = EventNames.classOf("machine-registered.v1");
        MachineEvent read = Json.MAPPER.readValue(without, type);
        assertThat(new String(Json.MAPPER.writeValueAsBytes(read), StandardCharsets.UTF_8))
                .isEqualTo(without);
    }
}
