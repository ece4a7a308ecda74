package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.api.resource.AuditInquiry;
import dev.tidemark.coordinator.api.resource.LineForm;
import dev.tidemark.coordinator.api.resource.LineStreams;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.AuditPlace;
import dev.tidemark.coordinator.view.AuditQuestion;
import dev.tidemark.coordinator.view.AuditQuestions;
import dev.tidemark.coordinator.view.AuditQuestions.Order;
import dev.tidemark.coordinator.view.AuditRow;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /ui/audit}: what auditors ask, with the answers of the interface for programs. It is not kept fresh by itself: each look at it is
 * an act, and on record.
 */
@RestController
public final class AuditPageResource {
    private static final String SECTION = "/ui/audit";
    private static final int ROWS = 50;

    private final Pages pages;
    private final AuditInquiry inquiry;
    private final AuditQuestions questions;
    private final LineStreams streams;
    private final Engine engine;
    private final AuditTable table;
    private final Clock clock;

    public AuditPageResource(
            Pages pages,
            AuditInquiry inquiry,
            AuditQuestions questions,
            LineStreams streams,
            Engine engine,
            Insight insight,
            Clock clock) {
        this.pages = pages;
        this.inquiry = inquiry;
        this.questions = questions;
        this.streams = streams;
        this.engine = engine;
        this.table = new AuditTable(id -> insight.machine(new MachineId(id)).isPresent());
        this.clock = clock;
    }

    @GetMapping(SECTION)
    void page(
            @RequestParam(value = "question", defaultValue = "acts") String question,
            @RequestParam(value = "vm", required = false) Optional<String> vm,
            @RequestParam(value = "backup", required = false) Optional<String> backup,
            @RequestParam(value = "since", required = false) Optional<String> since,
            @RequestParam(value = "until", required = false) Optional<String> until,
            @RequestParam(value = "at", required = false) Optional<String> at,
            @RequestParam(value = "caller", required = false) Optional<String> caller,
            @RequestParam(value = "decision", required = false) Optional<String> decision,
            @RequestParam(value = "outcome", required = false) Optional<String> outcome,
            @RequestParam(value = "what", required = false) Optional<String> what,
            @RequestParam(value = "days", required = false) Optional<String> days,
            @RequestParam(value = "after", required = false) Optional<String> after,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        AuditWish wish = wish(question, request);
        AuditPage blank = AuditPage.of(
                Frame.of("Audit", Callers.current(), clock.instant(), SECTION, "")
                        .still(),
                wish);
        try {
            pages.write(request, response, 200, "audit.jte", answered(blank, after));
        } catch (Refusal refusal) {
            // The form stays as it was filled in, so that it can be mended; the remedies are for programs.
            Problem problem = refusal.problem();
            pages.write(request, response, problem.status(), "audit.jte", blank.troubled(problem.detail()));
        }
    }

    private AuditPage answered(AuditPage blank, Optional<String> after) {
        AuditWish wish = blank.wish();
        if (!wish.isComplete()) {
            return blank;
        }
        Optional<AuditQuestion> asked = wish.topic().question();
        if (asked.isEmpty()) {
            Instant moment = wish.at().orElseThrow();
            return blank.answered(new AuditPage.Chain(
                    moment, engine.chain(inquiry.machine(wish.machine().orElseThrow()), moment)));
        }
        Optional<AuditPlace> place = after.filter(text -> !text.isEmpty()).map(AuditInquiry::place);
        // One more than fits tells whether there is a next page.
        List<? extends AuditRow> found = questions.page(
                asked.get(), inquiry.filter(asked.get(), wish.asked()), place, Order.NEWEST_FIRST, ROWS + 1);
        boolean more = found.size() > ROWS;
        List<? extends AuditRow> rows = more ? found.subList(0, ROWS) : found;
        return blank.answered(
                table.of(asked.get(), rows),
                more ? Optional.of(rows.getLast().position().text()) : Optional.empty(),
                place.isPresent());
    }

    @GetMapping("/ui/audit/rows")
    void rows(
            @RequestParam(value = "question", defaultValue = "acts") String question,
            @RequestParam(value = "form", defaultValue = "csv") String form,
            @RequestParam(value = "vm", required = false) Optional<String> vm,
            @RequestParam(value = "backup", required = false) Optional<String> backup,
            @RequestParam(value = "since", required = false) Optional<String> since,
            @RequestParam(value = "until", required = false) Optional<String> until,
            @RequestParam(value = "caller", required = false) Optional<String> caller,
            @RequestParam(value = "decision", required = false) Optional<String> decision,
            @RequestParam(value = "outcome", required = false) Optional<String> outcome,
            @RequestParam(value = "what", required = false) Optional<String> what,
            @RequestParam(value = "days", required = false) Optional<String> days,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        AuditWish wish = wish(question, request);
        AuditQuestion asked = wish.topic()
                .question()
                .orElseThrow(() -> Refusal.parameter("question", "a chain has no rows", "Read it on its page."));
        LineForm lines = switch (form) {
            case "csv" -> LineForm.csv(AuditRow.columns(asked.rows()));
            case "ndjson" -> LineForm.NDJSON;
            default -> throw Refusal.parameter("form", "'form' is neither csv nor ndjson", "Choose one of the two.");
        };
        Pages.protect(response, Pages.POLICY);
        response.setHeader(
                "Content-Disposition",
                "attachment; filename=\"tidemark-" + wish.topic().word() + "." + form + "\"");
        streams.write(
                request,
                response,
                questions
                        .all(asked, inquiry.filter(asked, wish.asked()), Optional.empty())
                        .map(Json.MAPPER::writeValueAsString),
                lines);
    }

    /** The parameters are listed above, so that no other is taken; here they are read by their names. */
    private static AuditWish wish(String question, HttpServletRequest request) {
        AuditTopic topic = AuditTopic.named(question)
                .orElseThrow(() -> Refusal.notFound(
                        "QUESTION_NOT_FOUND", "nobody has prepared an answer to that question", "Choose one."));
        return AuditWish.of(topic, name -> Optional.ofNullable(request.getParameter(name)));
    }
}
