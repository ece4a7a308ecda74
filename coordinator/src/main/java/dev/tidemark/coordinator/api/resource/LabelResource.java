package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.edge.EntityTags;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.ledger.LabelActs;
import dev.tidemark.coordinator.security.Label;
import dev.tidemark.coordinator.security.Labels;
import dev.tidemark.coordinator.view.MachineReference;
import dev.tidemark.schema.id.MachineName;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/vms/{vm}/labels}: what is said of a machine, for credentials that are kept to what it is said of. Whoever changes it gives and
 * takes rights, and so it takes the right to make credentials.
 */
@RestController
public final class LabelResource {
    private static final int LABELS_MAX = 32;
    private static final String IF_MATCH = "If-Match";

    private final Lookup lookup;
    private final Labels labels;

    public LabelResource(Lookup lookup, Labels labels) {
        this.lookup = lookup;
        this.labels = labels;
    }

    record NewLabels(Map<String, String> labels) {}

    /** @param tag what If-Match has to say for these to be changed, and no later ones */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record LabelsView(
            String vm,
            String vmId,
            SequencedMap<String, String> labels,
            long version,
            String tag,
            @Nullable Instant changedAt,
            @Nullable String changedBy) {}

    @GetMapping("/v1/vms/{vm}/labels")
    ResponseEntity<LabelsView> show(@PathVariable("vm") MachineName vm) {
        MachineReference machine = lookup.registered(vm);
        return answer(machine, labels.of(machine.id()));
    }

    @PutMapping("/v1/vms/{vm}/labels")
    ResponseEntity<LabelsView> replace(
            @PathVariable("vm") MachineName vm, @RequestBody NewLabels body, HttpServletRequest request) {
        MachineReference machine = lookup.registered(vm);
        SequencedMap<String, String> wanted = wellFormed(body.labels());
        Optional<EntityTags> match = EntityTags.of(request, IF_MATCH);
        while (true) {
            LabelActs.Labels before = labels.of(machine.id());
            match.ifPresent(tags -> require(tags, before));
            if (before.labels().equals(wanted)) {
                return answer(machine, before);
            }
            Optional<LabelActs.Labels> after = labels.replace(before, wanted);
            if (after.isPresent()) {
                return answer(machine, after.get());
            }
            // Somebody else was faster: whoever has set a condition is told that, and to others it is all the same.
        }
    }

    private static void require(EntityTags expected, LabelActs.Labels now) {
        boolean met = expected.any()
                || expected.tags().stream()
                        .anyMatch(tag -> !tag.weak() && quoted(now).equals("\"" + tag.opaque() + "\""));
        if (!met) {
            throw new Refusal(Problem.of(
                            412,
                            "PRECONDITION_FAILED",
                            "the labels have been changed since; nothing was done",
                            "Read them again, and send the ETag that they have then.")
                    .withCurrentTag(quoted(now)));
        }
    }

    private static SequencedMap<String, String> wellFormed(Map<String, String> given) {
        if (given.size() > LABELS_MAX) {
            throw Refusal.member(
                    "labels", "there are more than " + LABELS_MAX + " labels", "Keep those that something goes by.");
        }
        given.forEach((key, value) -> {
            // JSON has null where Java's map of texts has none.
            if (!Optional.<String>ofNullable(value)
                    .map(text -> Label.isWellFormed(key, text))
                    .orElse(false)) {
                throw Refusal.member(
                        "labels",
                        "one of the labels has a key or a value that cannot be one",
                        "Write letters, digits, and . _ - (in a key also /), at most 63 of them, and none of the signs"
                                + " first.");
            }
        });
        return new TreeMap<>(given);
    }

    private static ResponseEntity<LabelsView> answer(MachineReference machine, LabelActs.Labels labels) {
        return ResponseEntity.ok()
                .eTag(quoted(labels))
                .body(new LabelsView(
                        machine.name().value(),
                        machine.id().value(),
                        labels.labels(),
                        labels.version(),
                        quoted(labels),
                        labels.changedAt(),
                        labels.changedBy()));
    }

    private static String quoted(LabelActs.Labels labels) {
        return "\"" + labels.machine() + "-labels-" + labels.version() + "\"";
    }
}
