package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.LineFeed;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.schema.json.Csv;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks what auditors ask, and writes the answer: a page of it for people, all of it as it comes for programs. */
final class AuditAnswers {
    private static final String CHAIN = "chain";
    private static final int LIMIT_USUAL = 100;
    private static final int LIMIT_MAX = 1_000;

    private final Session session;

    AuditAnswers(Session session) {
        this.session = session;
    }

    int answer(String question, AuditFilterOptions filter) {
        if (filter.limit != null && (filter.limit < 1 || filter.limit > LIMIT_MAX)) {
            throw Session.misuse("--limit takes 1 to " + LIMIT_MAX);
        }
        if (question.equals(CHAIN)) {
            return chain(filter);
        }
        if (!AuditColumns.isKnown(question)) {
            throw Session.misuse(
                    "there is no question '" + question + "', only " + AuditColumns.questions() + ", " + CHAIN);
        }
        if (filter.at != null) {
            throw Session.misuse("--at is for the question 'chain'");
        }
        OutputFormat format = session.globals().format;
        if (format.isForAll()) {
            ObjectNode answer = page(question, filter, filter.limit == null ? LIMIT_USUAL : filter.limit);
            return session.print(answer, AuditColumns.page(question, answer));
        }
        return stream(question, filter, format);
    }

    /** The newest rows, the oldest of them first, as everywhere. */
    private ObjectNode page(String question, AuditFilterOptions filter, int limit) {
        JsonNode answer = session.coordinator()
                .get(path(filter, "audit", "questions", question)
                        .with("order", "newest")
                        .with("limit", Integer.toString(limit)));
        List<JsonNode> rows = new ArrayList<>();
        answer.path("rows").forEach(rows::add);
        Collections.reverse(rows);
        ArrayNode ordered = Json.MAPPER.createArrayNode().addAll(rows);
        ObjectNode document = Json.MAPPER.createObjectNode().put("question", question);
        document.set("rows", ordered);
        return document.put("more", answer.path("next").isString());
    }

    private int stream(String question, AuditFilterOptions filter, OutputFormat format) {
        if (filter.limit != null) {
            ObjectNode page = page(question, filter, filter.limit);
            boolean reading = head(question, format);
            for (JsonNode row : page.path("rows")) {
                reading = reading && written(question, row.toString(), format);
            }
            return ExitCode.OK.number();
        }
        try (LineFeed rows = session.coordinator().lines(path(filter, "audit", "questions", question, "rows"))) {
            boolean reading = head(question, format);
            String row = rows.next();
            while (reading && row != null) {
                reading = written(question, row, format);
                row = reading ? rows.next() : null;
            }
            return ExitCode.OK.number();
        } catch (IOException cutOff) {
            Failure shown = Failure.local(
                    ExitCode.UNAVAILABLE,
                    "ANSWER_CUT_OFF",
                    String.valueOf(cutOff.getMessage()),
                    "what was written so far is not the whole answer; ask again");
            shown.initCause(cutOff);
            throw shown;
        }
    }

    private boolean head(String question, OutputFormat format) {
        return format != OutputFormat.CSV || session.output().printLine(Csv.row(AuditColumns.of(question)));
    }

    private boolean written(String question, String row, OutputFormat format) {
        if (format == OutputFormat.NDJSON) {
            return session.output().printLine(row + "\n");
        }
        JsonNode members = Json.RECORDS.readTree(row);
        return session.output()
                .printLine(Csv.row(AuditColumns.of(question).stream()
                        .map(column -> cell(members.path(column)))
                        .toList()));
    }

    private static String cell(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "" : value.asString("");
    }

    private int chain(AuditFilterOptions filter) {
        if (filter.vm == null || filter.at == null) {
            throw Session.misuse("the question 'chain' takes --vm and --at");
        }
        if (!session.globals().format.isForAll()) {
            throw Session.misuse("a chain has no rows: -o takes table, json or yaml");
        }
        note(filter.at);
        JsonNode answer = session.coordinator()
                .get(RequestPath.v1("audit", CHAIN)
                        .with("vm", filter.vm.value())
                        .with("at", filter.at.instant().toString()));
        return session.print(answer, ChainPages.show(answer.path(CHAIN)));
    }

    private RequestPath path(AuditFilterOptions filter, String... segments) {
        RequestPath path = RequestPath.v1(segments);
        path = with(path, "vm", filter.vm == null ? null : filter.vm.value());
        path = with(path, "backup", filter.backup == null ? null : filter.backup.value());
        path = with(path, "since", moment(filter.since));
        path = with(path, "until", moment(filter.until));
        path = with(path, "caller", filter.caller);
        path = with(
                path,
                "decision",
                filter.decision == null ? null : filter.decision.name().toUpperCase(Locale.ROOT));
        path = with(path, "what", filter.what);
        path = with(
                path,
                "outcome",
                filter.outcome == null ? null : filter.outcome.name().toUpperCase(Locale.ROOT));
        return with(path, "days", filter.days == null ? null : filter.days.toString());
    }

    private @Nullable String moment(@Nullable PointInTime time) {
        if (time == null) {
            return null;
        }
        note(time);
        return time.instant().toString();
    }

    private void note(PointInTime time) {
        if (!time.assumption().isEmpty()) {
            session.terminal().note("note: " + time.assumption());
        }
    }

    private static RequestPath with(RequestPath path, String name, @Nullable String value) {
        return value == null ? path : path.with(name, value);
    }
}
