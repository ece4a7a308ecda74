package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Confidential;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.CheckpointView;
import dev.tidemark.coordinator.view.EventView;
import dev.tidemark.coordinator.view.FleetQueries;
import dev.tidemark.coordinator.view.HistoryQueries;
import dev.tidemark.coordinator.view.MachineReference;
import dev.tidemark.coordinator.view.MachineView;
import dev.tidemark.coordinator.view.OperationKind;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.coordinator.view.RestorePointView;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Puts together what is known of one machine, backup or operation; what the reader does not reach is not there. */
public final class MachineReader {
    private static final int BACKUPS_MAX = 60;
    private static final int OPERATIONS_MAX = 20;
    private static final int TIMELINE_MAX = 120;
    private static final int STEPS_MAX = 200;

    private static final Set<String> OPEN = Set.of("REQUESTED", "RUNNING", "READY", "UNKNOWN");

    private final Insight insight;
    private final Engine engine;
    private final Queries queries;
    private final FleetQueries fleet;
    private final HistoryQueries history;
    private final FleetReader atWork;

    public MachineReader(
            Insight insight,
            Engine engine,
            Queries queries,
            FleetQueries fleet,
            HistoryQueries history,
            FleetReader atWork) {
        this.insight = insight;
        this.engine = engine;
        this.queries = queries;
        this.fleet = fleet;
        this.history = history;
        this.atWork = atWork;
    }

    /** A machine by its name or its id. */
    MachineReference reference(MachineName nameOrId) {
        return queries.find(nameOrId.value())
                .filter(machine -> !machine.removed()
                        && Callers.reaches(machine.id(), machine.name().value()))
                .orElseThrow(() -> noMachine(nameOrId));
    }

    MachinePage machine(Frame frame, MachineName nameOrId) throws Rejected {
        MachineReference reference = reference(nameOrId);
        MachineId id = reference.id();
        MachineView view = queries.machine(id).orElseThrow(() -> noMachine(nameOrId));
        MachineInsight known = insight.machine(id).orElseThrow(() -> noMachine(nameOrId));
        Comparison comparison = insight.comparison(id).orElseThrow(() -> noMachine(nameOrId));
        MachineSight sight = known.sight();
        Optional<RestorePointView> points = fleet.restorePoints(id.value());
        List<OperationView> operations = queries.operations(id, OPERATIONS_MAX).reversed().stream()
                .map(atWork::atWork)
                .toList();
        List<BackupView> backups = history.newestBackups(id, BACKUPS_MAX).stream()
                .map(this::atWork)
                .toList();
        Instant registered = points.map(RestorePointView::registeredAt).orElse(frame.now());
        return new MachinePage(
                frame,
                view.seen(
                        sight.state().name(),
                        sight.trouble().orElse(null),
                        sight.runState().orElse(null),
                        sight.peer().orElse(null)),
                MachineHealth.of(
                        known,
                        points,
                        operations.stream()
                                .filter(operation -> !operation.state().ended())
                                .toList()),
                engine.chain(id),
                comparison,
                timeline(id, view),
                Calendar.of(
                        history.days(
                                id,
                                Calendar.first(frame.now())
                                        .atStartOfDay(ZoneOffset.UTC)
                                        .toInstant()),
                        registered,
                        frame.now()),
                DirtyHours.of(history.dirtyHours(id, DirtyHours.first(frame.now())), frame.now()),
                Growth.of(backups),
                backups,
                operations);
    }

    BackupPage backup(Frame frame, BackupId id) {
        return new BackupPage(
                frame,
                queries.backup(id)
                        .filter(backup -> Callers.reaches(new MachineId(backup.vmId()), backup.vm()))
                        .map(this::atWork)
                        .orElseThrow(() -> Refusal.notFound(
                                "BACKUP_NOT_FOUND", "there is no backup '" + id + "'", "See the machine's backups.")));
    }

    OperationPage operation(Frame frame, OperationId id) {
        OperationView operation = queries.operation(id)
                .filter(found -> Callers.reaches(new MachineId(found.vmId()), found.vm()))
                .map(atWork::atWork)
                .orElseThrow(() -> Refusal.notFound(
                        "OPERATION_NOT_FOUND", "there is no operation '" + id + "'", "See the machine's operations."));
        MachineId machine = new MachineId(operation.vmId());
        return OperationPage.of(frame, operation, events(machine, operation), MachineReader::facts);
    }

    /** A registration goes by its machine's id, and its events by none. */
    private List<EventView> events(MachineId machine, OperationView operation) {
        if (operation.kind() != OperationKind.REGISTER) {
            return history.eventsOf(machine, new OperationId(operation.id()), STEPS_MAX);
        }
        String registered = EventNames.nameOf(MachineRegistered.class);
        String observed = EventNames.nameOf(MachineObserved.class);
        List<EventView> events = queries.events(machine, 0, STEPS_MAX).stream()
                .filter(event -> event.type().equals(registered) || event.type().equals(observed))
                .toList();
        return events.subList(0, Math.min(2, events.size()));
    }

    /** As it is stored, but for what this reader may not know. */
    private static String facts(EventView event) {
        JsonNode data = event.data().deepCopy();
        return Json.MAPPER
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(Callers.mayNow(Permission.DATA) ? data : Confidential.blank(data));
    }

    private Timeline timeline(MachineId id, MachineView machine) {
        List<EventView> events = history.newestEvents(id, Timeline.EVENTS, TIMELINE_MAX);
        Map<String, String> names = history.newestCheckpoints(id, TIMELINE_MAX).stream()
                .collect(Collectors.toMap(CheckpointView::id, CheckpointView::name));
        return Timeline.of(
                events,
                machine.disks().stream().map(MachineView.Disk::name).toList(),
                events.size() < TIMELINE_MAX,
                checkpoint -> names.getOrDefault(checkpoint.value(), checkpoint.value()));
    }

    private BackupView atWork(BackupView backup) {
        if (!OPEN.contains(backup.state())) {
            return backup;
        }
        JobSight sight = engine.job(new OperationId(backup.operation()));
        if (sight.waitsFor().isPresent()) {
            return backup.waitingFor(
                    Callers.current().scope().isAll() ? sight.waitsFor().get() : "others are before it");
        }
        return HowFar.of(sight).map(backup::at).orElse(backup);
    }

    private static Refusal noMachine(MachineName nameOrId) {
        return Refusal.notFound("VM_NOT_FOUND", "there is no machine '" + nameOrId + "'", "See the list of machines.");
    }
}
