package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.view.EventView;
import dev.tidemark.coordinator.view.OperationKind;
import dev.tidemark.coordinator.view.OperationView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One operation, from intent to conclusion: what the log has of it, and a blank for what it has not. */
public record OperationPage(Frame frame, OperationView operation, List<Step> steps) {
    private static final Set<OperationKind> BY_QMP = Set.of(
            OperationKind.CREATE_CHECKPOINT,
            OperationKind.DELETE_CHECKPOINT,
            OperationKind.BACKUP,
            OperationKind.ABORT_BACKUP,
            OperationKind.FINISH_BACKUP,
            OperationKind.CHANGE_SPEED);
    private static final Set<String> OBSERVED = Set.of(
            "backup-started",
            "backup-ready",
            "backup-replanned",
            "guest-freeze-begun",
            "guest-thawed",
            "machine-observed");
    private static final Set<String> ASKED = Set.of(
            "machine-registered",
            "machine-removed",
            "backup-speed-changed",
            "backup-protected",
            "backup-unprotected",
            "retention-changed");

    /** The part that a step plays. */
    public enum Phase {
        INTENT("Intent committed"),
        QMP("QMP transaction"),
        OBSERVATION("Seen"),
        DOUBT("In doubt"),
        CONCLUSION("Concluded"),
        WORK("Under way");

        private final String word;

        Phase(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        public String style() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * One step of the waterfall, drawn from {@code from} to {@code to}, in thousandths of the whole.
     *
     * @param at empty if nobody wrote down when it was
     * @param facts what the event holds, as it is stored
     */
    public record Step(
            Phase phase,
            String title,
            Optional<Instant> at,
            Optional<Duration> after,
            int from,
            int to,
            Optional<String> by,
            Optional<String> facts) {}

    public OperationPage {
        steps = List.copyOf(steps);
    }

    /** Draws the events, which are given oldest first; {@code facts} tells of an event what the reader may know. */
    static OperationPage of(
            Frame frame,
            OperationView operation,
            List<EventView> events,
            java.util.function.Function<EventView, String> facts) {
        Instant begin =
                events.isEmpty() ? operation.startedAt() : events.getFirst().at();
        boolean ended = operation.endedAt() != null;
        Instant end = ended
                ? events.isEmpty() ? operation.startedAt() : events.getLast().at()
                : frame.now();
        long whole = Math.max(1, Duration.between(begin, end).toMillis());
        List<Step> steps = new ArrayList<>();
        Instant before = begin;
        for (EventView event : events) {
            Phase phase = phase(event.type(), operation.kind());
            int from = share(begin, before, whole);
            int to = share(begin, event.at(), whole);
            if (steps.size() == 1 && phase != Phase.INTENT && BY_QMP.contains(operation.kind())) {
                steps.add(new Step(
                        Phase.QMP,
                        "sent after the intent and before it was first seen: the log does not say when",
                        Optional.empty(),
                        Optional.empty(),
                        from,
                        to,
                        Optional.empty(),
                        Optional.empty()));
            }
            steps.add(new Step(
                    phase,
                    event.type(),
                    Optional.of(event.at()),
                    steps.isEmpty() ? Optional.empty() : Optional.of(Duration.between(before, event.at())),
                    phase == Phase.INTENT ? to : from,
                    to,
                    Optional.ofNullable(event.caller()),
                    Optional.of(facts.apply(event))));
            before = event.at();
        }
        if (!ended) {
            steps.add(new Step(
                    Phase.WORK,
                    underWay(operation),
                    Optional.empty(),
                    Optional.of(Duration.between(before, frame.now())),
                    share(begin, before, whole),
                    1000,
                    Optional.empty(),
                    Optional.empty()));
        }
        return new OperationPage(frame, operation, steps);
    }

    private static String underWay(OperationView operation) {
        if (operation.waitsFor() != null) {
            return "waits: " + operation.waitsFor();
        }
        return operation.progress() == null
                ? "nothing more is known of it yet"
                : Words.plain(operation.progress().phase()) + ": "
                        + Words.bytes(operation.progress().bytesDone()) + " of "
                        + Words.bytes(operation.progress().bytesTotal());
    }

    private static Phase phase(String type, OperationKind kind) {
        String name = type.contains(".") ? type.substring(0, type.lastIndexOf('.')) : type;
        if (name.endsWith("-requested") || ASKED.contains(name)) {
            return Phase.INTENT;
        }
        if (name.equals("operation-in-doubt")) {
            return Phase.DOUBT;
        }
        // A backup's own checkpoint is seen on the way; it is not what was asked for.
        boolean onTheWay = name.equals("checkpoint-created") && kind == OperationKind.BACKUP;
        return onTheWay || OBSERVED.contains(name) ? Phase.OBSERVATION : Phase.CONCLUSION;
    }

    private static int share(Instant begin, Instant at, long whole) {
        return Math.clamp(Duration.between(begin, at).toMillis() * 1000 / whole, 0, 1000);
    }

    /** Whether the clocks of its events run backwards: then no length between them means anything. */
    public boolean clockWentBack() {
        return steps.stream().flatMap(step -> step.after().stream()).anyMatch(Duration::isNegative);
    }
}
