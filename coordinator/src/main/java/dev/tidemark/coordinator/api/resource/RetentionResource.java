package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.RetentionView;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/vms/{vm}/retention}. */
@RestController
public final class RetentionResource {
    private final Engine engine;
    private final Lookup lookup;
    private final Submissions submissions;
    private final FreshIds ids;
    private final Conditions conditions;

    public RetentionResource(
            Engine engine, Lookup lookup, Submissions submissions, FreshIds ids, Conditions conditions) {
        this.engine = engine;
        this.lookup = lookup;
        this.submissions = submissions;
        this.ids = ids;
        this.conditions = conditions;
    }

    record NewPolicy(
            OptionalInt last, OptionalInt daily, OptionalInt weekly, OptionalInt monthly, OptionalInt yearly) {}

    record Policies(List<RetentionView.Policy> policies) {}

    @GetMapping("/v1/vms/{vm}/retention")
    ResponseEntity<Policies> show(@PathVariable("vm") MachineName vm, HttpServletRequest request) throws Rejected {
        MachineId machine = lookup.registered(vm).id();
        return conditions.tagged(request, machine, () -> new Policies(engine.retention(machine)));
    }

    @GetMapping("/v1/vms/{vm}/retention/{repo}/plan")
    ResponseEntity<RetentionView> plan(
            @PathVariable("vm") MachineName vm,
            @PathVariable("repo") RepositoryName repo,
            @RequestParam(value = "merge", defaultValue = "true") QueryFlag merge,
            HttpServletRequest request)
            throws Rejected {
        MachineId machine = lookup.registered(vm).id();
        RepositoryName repository = lookup.repository(repo);
        return conditions.tagged(request, machine, () -> engine.retention(machine, repository, merge.isSet()));
    }

    @PostMapping("/v1/vms/{vm}/retention/{repo}")
    ResponseEntity<?> set(
            @PathVariable("vm") MachineName vm,
            @PathVariable("repo") RepositoryName repo,
            @RequestBody NewPolicy body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        RetentionPolicy policy = new RetentionPolicy(
                body.last().orElse(0),
                body.daily().orElse(0),
                body.weekly().orElse(0),
                body.monthly().orElse(0),
                body.yearly().orElse(0));
        if (!policy.makesSense()) {
            throw Refusal.member(
                    "last",
                    "each number is from 0 to " + RetentionPolicy.COUNT_MAX + ", and one of them is not 0",
                    "Say how many are to stay; to keep everything, delete the policy.");
        }
        return change(vm, repo, Optional.of(policy), dryRun, body, request);
    }

    @DeleteMapping("/v1/vms/{vm}/retention/{repo}")
    ResponseEntity<?> clear(
            @PathVariable("vm") MachineName vm,
            @PathVariable("repo") RepositoryName repo,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return change(vm, repo, Optional.empty(), dryRun, Nothing.INSTANCE, request);
    }

    private ResponseEntity<?> change(
            MachineName vm,
            RepositoryName repo,
            Optional<RetentionPolicy> policy,
            QueryFlag dryRun,
            Object body,
            HttpServletRequest request)
            throws Rejected {
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            OperationId operation = ids.operation();
            MachineId machine = lookup.registered(vm).id();
            return new Submissions.Proposal(
                    new ChangeRetention(machine, operation, lookup.repository(repo), policy, ids.now()), operation);
        });
    }
}
