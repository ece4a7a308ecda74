package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.ChainView;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.ReconcileView;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.Unreachable;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.api.edge.Unconditional;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Label;
import dev.tidemark.coordinator.view.EventView;
import dev.tidemark.coordinator.view.ListQueries;
import dev.tidemark.coordinator.view.MachinePart;
import dev.tidemark.coordinator.view.MachineReference;
import dev.tidemark.coordinator.view.MachineView;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/vms}. */
@RestController
public final class MachineResource {
    private static final Duration LOOK_MAX = Duration.ofSeconds(30);

    private final Engine engine;
    private final Queries queries;
    private final ListQueries lists;
    private final Lookup lookup;
    private final Operations operations;
    private final Submissions submissions;
    private final FreshIds ids;
    private final ServerFacts server;
    private final Conditions conditions;
    private final Farewell farewell;
    private final LineStreams streams;

    public MachineResource(
            Engine engine,
            Queries queries,
            ListQueries lists,
            Lookup lookup,
            Operations operations,
            Submissions submissions,
            FreshIds ids,
            ServerFacts server,
            Conditions conditions,
            LineStreams streams) {
        this.engine = engine;
        this.queries = queries;
        this.lists = lists;
        this.lookup = lookup;
        this.operations = operations;
        this.submissions = submissions;
        this.ids = ids;
        this.server = server;
        this.conditions = conditions;
        this.streams = streams;
        this.farewell = new Farewell(engine, queries, operations, ids);
    }

    record NewMachine(MachineName name, String qmp, Optional<String> qga, Optional<HostName> host) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Machines(List<MachineView> vms, @Nullable String next) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record OperationList(
            List<OperationView> operations, @Nullable String next) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Events(List<EventView> events, @Nullable String next) {}

    @PostMapping("/v1/vms")
    ResponseEntity<?> register(
            @RequestBody NewMachine body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        ActTrail.aboutNow(body.name().value());
        String qmp = Given.socket("qmp", body.qmp());
        Optional<String> qga = body.qga().map(path -> Given.socket("qga", path));
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            MachineId machine = ids.machine();
            HostName host = body.host().orElse(server.host());
            List<FormerMachine> formers =
                    queries.formers(host, qmp).stream().map(engine::former).toList();
            return new Submissions.Proposal(
                    new RegisterMachine(machine, body.name(), host, qmp, qga, formers, ids.now()),
                    new OperationId(machine.value()));
        });
    }

    @GetMapping("/v1/vms")
    Machines list(
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after,
            @RequestParam(value = "label", required = false) Optional<String> label) {
        Optional<String> labelled = labelled(label);
        // What is left out is left out by the database, so that a page is a full one.
        Optional<String> restriction = Callers.current().scope().restriction();
        String list = "vms " + restriction.orElse("")
                + labelled.map(known -> " of " + known).orElse("");
        Page.Wish wish = Page.Wish.of(list, limit, after, Page.NAME);
        Page<MachineView> page = Page.of(
                wish,
                lists.machines(restriction, labelled, wish.position().orElse(""), wish.limit(), MachinePart.all()),
                this::seen);
        return new Machines(page.items(), page.next());
    }

    /** All of them in one answer, for whoever wants a fleet at once. */
    @GetMapping(path = "/v1/vms", produces = LineStreams.MEDIA_TYPE)
    void lines(
            @RequestParam(value = "label", required = false) Optional<String> label,
            @RequestParam(value = "fields", required = false) Optional<String> fields,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        WantedMembers wanted = WantedMembers.of(fields, MachineView.class);
        Set<MachinePart> parts = EnumSet.allOf(MachinePart.class);
        parts.removeIf(part -> !wanted.has(part.member()));
        parts.remove(wanted.isOnly("disks", "name") ? MachinePart.DISKS : MachinePart.DISK_NAMES);
        streams.write(
                request,
                response,
                lists.machines(Callers.current().scope().restriction(), labelled(label), parts)
                        .map(machine -> wanted.written(seen(machine))));
    }

    private static Optional<String> labelled(Optional<String> label) {
        return label.map(text -> Label.parse(text)
                .map(Label::toString)
                .orElseThrow(() -> Refusal.parameter(
                        "label",
                        "'label' is none",
                        "Write a key and a value, as env=prod; leave it out for all vms.")));
    }

    @GetMapping("/v1/vms/{vm}")
    ResponseEntity<MachineView> show(@PathVariable("vm") MachineName vm, HttpServletRequest request) throws Rejected {
        MachineReference machine = lookup.registered(vm);
        return conditions.tagged(
                request,
                machine.id(),
                () -> queries.machine(machine.id())
                        .map(this::seen)
                        .orElseThrow(() -> Refusal.notFound(
                                "VM_NOT_FOUND",
                                "vm '" + vm + "' was removed just now",
                                "'tidemark vm list' has the names, and GET /v1/vms.")));
    }

    @DeleteMapping("/v1/vms/{vm}")
    ResponseEntity<?> remove(
            @PathVariable("vm") MachineName vm,
            @RequestParam(value = "keepBitmaps", defaultValue = "false") QueryFlag keepBitmaps,
            @RequestParam(value = "force", defaultValue = "false") QueryFlag force,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        if (force.isSet()) {
            // Ending a running backup changes the machine before it is let go.
            Unconditional.refuse(request, "If-Match");
        }
        return submissions.accept(request, dryRun.isSet(), Nothing.INSTANCE, attempt -> {
            OperationId operation = ids.operation();
            MachineId machine = lookup.registered(vm).id();
            boolean inVain = force.isSet()
                    && !dryRun.isSet()
                    && farewell.bid(new RemoveMachine(machine, operation, keepBitmaps.isSet(), true, ids.now()));
            // Where QEMU answers, a pending operation can be waited for or aborted: letting it go would leave it in
            // QEMU.
            boolean abandon = force.isSet() && (inVain || engine.sight(machine).state() != MachineSight.State.UP);
            return new Submissions.Proposal(
                    new RemoveMachine(machine, operation, keepBitmaps.isSet(), abandon, ids.now()), operation);
        });
    }

    @GetMapping("/v1/vms/{vm}/chain")
    ResponseEntity<ChainView> chain(@PathVariable("vm") MachineName vm, HttpServletRequest request) throws Rejected {
        MachineId machine = lookup.registered(vm).id();
        return conditions.tagged(request, machine, () -> engine.chain(machine));
    }

    @PostMapping("/v1/vms/{vm}/reconciliation")
    ReconcileView reconcile(
            @PathVariable("vm") MachineName vm,
            @RequestBody Nothing body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun)
            throws Rejected, Unreachable, InterruptedException {
        return engine.reconcile(lookup.registered(vm).id(), dryRun.isSet(), LOOK_MAX);
    }

    @GetMapping("/v1/vms/{vm}/operations")
    OperationList operations(
            @PathVariable("vm") MachineName vm,
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after) {
        MachineId machine = lookup.known(vm).id();
        Page.Wish wish = Page.Wish.of("operations " + machine, limit, after, Page.VERSION);
        Page<OperationView> page = Page.of(
                wish, lists.operations(machine, wish.version(Long.MAX_VALUE), wish.limit()), operations::present);
        return new OperationList(page.items().reversed(), page.next());
    }

    @GetMapping("/v1/vms/{vm}/events")
    Events events(
            @PathVariable("vm") MachineName vm,
            @RequestParam(value = "after", defaultValue = "0") QueryNumber after,
            @RequestParam(value = "limit", defaultValue = "100") QueryNumber limit) {
        int length = limit.between(1, Page.LENGTH_MAX, "limit");
        List<EventView> read = queries.events(lookup.known(vm).id(), after.value(), length + 1);
        boolean more = read.size() > length;
        List<EventView> page = more ? read.subList(0, length) : read;
        return new Events(page, more ? Long.toString(page.getLast().version()) : null);
    }

    private MachineView seen(MachineView machine) {
        MachineSight sight = engine.sight(new MachineId(machine.id()));
        return machine.seen(
                sight.state().name(),
                sight.trouble().orElse(null),
                sight.runState().orElse(null),
                sight.peer().orElse(null));
    }
}
