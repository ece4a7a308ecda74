package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.view.CheckpointView;
import dev.tidemark.coordinator.view.ListQueries;
import dev.tidemark.coordinator.view.MachineReference;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/vms/{vm}/checkpoints}. */
@RestController
public final class CheckpointResource {
    private final Engine engine;
    private final ListQueries lists;
    private final Lookup lookup;
    private final Submissions submissions;
    private final FreshIds ids;
    private final Conditions conditions;

    public CheckpointResource(
            Engine engine,
            ListQueries lists,
            Lookup lookup,
            Submissions submissions,
            FreshIds ids,
            Conditions conditions) {
        this.engine = engine;
        this.lists = lists;
        this.lookup = lookup;
        this.submissions = submissions;
        this.ids = ids;
        this.conditions = conditions;
    }

    record NewCheckpoint(
            Optional<CheckpointName> name,
            Optional<List<DiskName>> disks,
            Optional<String> description,
            Optional<Boolean> quiesce) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Checkpoints(
            List<CheckpointView> checkpoints, @Nullable String next) {}

    @PostMapping("/v1/vms/{vm}/checkpoints")
    ResponseEntity<?> create(
            @PathVariable("vm") MachineName vm,
            @RequestBody NewCheckpoint body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        List<DiskName> disks = Given.disks(body.disks());
        Optional<String> description = Given.description(body.description());
        return submissions.accept(request, dryRun.isSet(), body, body.name().isEmpty(), attempt -> {
            OperationId operation = ids.operation();
            Instant now = ids.now();
            return new Submissions.Proposal(
                    new CreateCheckpoint(
                            lookup.registered(vm).id(),
                            operation,
                            ids.checkpoint(),
                            body.name().orElseGet(() -> defaultName(now, attempt)),
                            disks,
                            description,
                            body.quiesce().orElse(false),
                            now),
                    operation);
        });
    }

    @GetMapping("/v1/vms/{vm}/checkpoints")
    ResponseEntity<Checkpoints> list(
            @PathVariable("vm") MachineName vm,
            @RequestParam(value = "deleted", defaultValue = "false") QueryFlag deleted,
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after,
            HttpServletRequest request)
            throws Rejected {
        MachineId machine = lookup.known(vm).id();
        Page.Wish wish = Page.Wish.of("checkpoints " + machine + deleted, limit, after, Page.VERSION);
        return conditions.tagged(request, machine, () -> {
            MachineSight sight = engine.sight(machine);
            Page<CheckpointView> page = Page.of(
                    wish,
                    lists.checkpoints(machine, deleted.isSet(), wish.version(0), wish.limit()),
                    checkpoint -> seen(checkpoint, sight));
            return new Checkpoints(page.items(), page.next());
        });
    }

    @GetMapping("/v1/vms/{vm}/checkpoints/{checkpoint}")
    ResponseEntity<CheckpointView> show(
            @PathVariable("vm") MachineName vm,
            @PathVariable("checkpoint") CheckpointName checkpoint,
            HttpServletRequest request)
            throws Rejected {
        MachineReference machine = lookup.known(vm);
        return conditions.tagged(
                request,
                machine.id(),
                () -> seen(lookup.checkpoint(machine.id(), checkpoint), engine.sight(machine.id())));
    }

    @DeleteMapping("/v1/vms/{vm}/checkpoints/{checkpoint}")
    ResponseEntity<?> delete(
            @PathVariable("vm") MachineName vm,
            @PathVariable("checkpoint") CheckpointName checkpoint,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return submissions.accept(request, dryRun.isSet(), Nothing.INSTANCE, attempt -> {
            OperationId operation = ids.operation();
            MachineId machine = lookup.registered(vm).id();
            CheckpointId id =
                    new CheckpointId(lookup.checkpoint(machine, checkpoint).id());
            return new Submissions.Proposal(new DeleteCheckpoint(machine, operation, id, ids.now()), operation);
        });
    }

    /** As libvirt does: the epoch second; a second one within it gets a number. */
    static CheckpointName defaultName(Instant now, int attempt) {
        return new CheckpointName(now.getEpochSecond() + (attempt == 1 ? "" : "-" + attempt));
    }

    private static CheckpointView seen(CheckpointView checkpoint, MachineSight sight) {
        return checkpoint.seen((disk, bitmap) -> Optional.ofNullable(
                sight.dirtyBytes().get(new MachineSight.DiskBitmap(new DiskName(disk), new BitmapName(bitmap)))));
    }
}
