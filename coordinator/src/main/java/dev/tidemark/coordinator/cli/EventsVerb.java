package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.EventFeed;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Text;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark events}: the log as it grows, until somebody presses Ctrl-C. */
@Command(name = "events", description = "Follows the log of all machines; Ctrl-C ends it.")
final class EventsVerb implements Callable<Integer> {
    private static final String PROGRESS = "progress";
    private static final long PAUSE_MILLISECONDS = 500;

    private final Session session;

    @Option(names = "--vm", paramLabel = "VM", description = "Only of this machine.")
    @Nullable
    private MachineName vm;

    @Option(names = "--operation", paramLabel = "ID", description = "Only of this operation.")
    @Nullable
    private OperationId operation;

    @Option(
            names = "--type",
            paramLabel = "NAME",
            description = "Only of this kind, as backup-completed.v1; may be repeated.")
    @Nullable
    private List<String> types;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description = "'start', or the position of the last event that was seen; else what comes from now on.")
    @Nullable
    private String from;

    @Option(names = "--progress", description = "Tell how far operations are, too.")
    private boolean progress;

    /** What a stream that is lost is taken up with. */
    private volatile String position = "";

    EventsVerb(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        try (InterruptHint _ = new InterruptHint(session.terminal(), this::howToGoOn)) {
            boolean followed = false;
            boolean told = false;
            while (true) {
                try (EventFeed feed = session.coordinator().follow(path(), position)) {
                    followed = true;
                    if (told) {
                        session.terminal().note("the coordinator is back");
                        told = false;
                    }
                    if (!printed(feed)) {
                        return ExitCode.OK.number();
                    }
                } catch (Failure failure) {
                    // At the first try somebody is there to correct it.
                    boolean passing = failure.exitCode() == ExitCode.UNAVAILABLE
                            || failure.document().path("status").asInt(0) == 429;
                    if (!followed || !passing) {
                        throw failure;
                    }
                }
                if (!told) {
                    session.terminal().note("the coordinator does not answer; waiting for it to come back");
                    told = true;
                }
                if (!paused()) {
                    return ExitCode.FAILED.number();
                }
            }
        }
    }

    /** Whether the stream has ended on the other side: here, somebody still reads. */
    private boolean printed(EventFeed feed) {
        try {
            for (Optional<EventFeed.Message> next = feed.next(); next.isPresent(); next = feed.next()) {
                EventFeed.Message message = next.get();
                boolean wanted = !message.data().isEmpty()
                        && (progress || !message.event().equals(PROGRESS));
                if (wanted && !print(message)) {
                    return false;
                }
                // Only now: what was not printed is to come again.
                position = message.id().isEmpty() ? position : message.id();
            }
        } catch (IOException lost) {
            return true;
        }
        return true;
    }

    private boolean print(EventFeed.Message message) {
        JsonNode data;
        try {
            data = Json.MAPPER.readTree(message.data());
        } catch (JacksonException malformed) {
            throw Failure.local(
                    ExitCode.FAILED,
                    "STRANGE_ANSWER",
                    "the coordinator told an event that is not JSON",
                    "check that the address is that of a Tidemark coordinator");
        }
        ObjectNode document = Json.MAPPER.createObjectNode();
        boolean event = !message.event().equals(PROGRESS);
        if (event) {
            document.put("position", message.id());
        } else {
            document.put("type", PROGRESS);
        }
        data.properties().forEach(member -> document.set(member.getKey(), member.getValue()));
        return session.output().printOneOfMany(document, event ? eventLine(data) : progressLine(data));
    }

    private static String eventLine(JsonNode event) {
        String operation = event.path("operation").asString("");
        return time(event.path("at").asString("")) + "  " + machine(event) + "  "
                + event.path("version").asLong(0) + "  " + event.path("type").asString("")
                + (operation.isEmpty() ? "" : "  " + operation);
    }

    private static String progressLine(JsonNode step) {
        long done = step.path("bytesDone").asLong(0);
        long total = step.path("bytesTotal").asLong(0);
        long rate = step.path("bytesPerSecond").asLong(0);
        String left = step.path("secondsLeft").isNumber()
                ? "  " + Text.duration(step.path("secondsLeft").asLong(0)) + " left"
                : "";
        return "  " + machine(step) + "  " + step.path("operation").asString("") + "  "
                + step.path("phase").asString("").toLowerCase(Locale.ROOT) + " " + Text.size(done) + " of "
                + Text.size(total) + (rate > 0 ? "  " + Text.size(rate) + "/s" : "") + left
                + (step.path("awaits").isString()
                        ? "  stands still: " + Text.harmless(step.path("awaits").asString(""))
                        : "");
    }

    private static String machine(JsonNode told) {
        return told.path("vm").asString(told.path("vmId").asString(""));
    }

    private static String time(String instant) {
        int fraction = instant.indexOf('.');
        return fraction < 0 ? instant : instant.substring(0, fraction) + "Z";
    }

    private RequestPath path() {
        RequestPath path = RequestPath.v1("events");
        path = vm == null ? path : path.with("vm", vm.value());
        path = operation == null ? path : path.with("operation", operation.value());
        path = from == null ? path : path.with("from", from);
        if (types != null) {
            for (String type : types) {
                path = path.with("type", type);
            }
            path = progress ? path.with("type", PROGRESS) : path;
        }
        return path;
    }

    private List<String> howToGoOn() {
        return position.isEmpty() ? List.of() : List.of("to go on from here: tidemark events --from " + position);
    }

    private static boolean paused() {
        try {
            Thread.sleep(PAUSE_MILLISECONDS);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
