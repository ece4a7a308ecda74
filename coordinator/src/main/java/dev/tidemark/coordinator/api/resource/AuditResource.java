package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.ChainView;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.ledger.RecordReader;
import dev.tidemark.coordinator.view.AuditQuestion;
import dev.tidemark.coordinator.view.AuditQuestions;
import dev.tidemark.coordinator.view.AuditQuestions.Order;
import dev.tidemark.coordinator.view.AuditRow;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/audit}: what auditors ask, and all that is kept to the letter, for whoever does not want to take our word for it. */
@RestController
public final class AuditResource {
    private static final int PAGE_MAX = 1_000;
    private static final int RECORDS_AT_ONCE = 1_000;

    private final Map<Book, RecordReader> books = new EnumMap<>(Book.class);
    private final AuditQuestions questions;
    private final Engine engine;
    private final Lookup lookup;
    private final AuditInquiry inquiry;
    private final LineStreams streams;

    public AuditResource(
            DataSource database,
            AuditQuestions questions,
            Engine engine,
            Lookup lookup,
            AuditInquiry inquiry,
            LineStreams streams) {
        for (Book book : Book.values()) {
            books.put(book, new RecordReader(database, book));
        }
        this.questions = questions;
        this.engine = engine;
        this.lookup = lookup;
        this.inquiry = inquiry;
        this.streams = streams;
    }

    record Records(List<LogRecord> records) {}

    /** @param next behind which the next page begins; null where this one is the last */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Answer(
            String question,
            List<? extends AuditRow> rows,
            @Nullable String next) {}

    /** @param at up to which moment its events were folded */
    record ChainAsOf(Instant at, ChainView chain) {}

    @GetMapping("/v1/audit/records")
    Records records(
            @RequestParam(value = "book", defaultValue = "log") String book,
            @RequestParam(value = "after", defaultValue = "0") QueryNumber after,
            @RequestParam(value = "limit", defaultValue = "100") QueryNumber limit) {
        return new Records(reader(book).page(after.value(), limit.between(1, PAGE_MAX, "limit")));
    }

    @GetMapping(path = "/v1/audit/export", produces = LineStreams.MEDIA_TYPE)
    void export(
            @RequestParam(value = "book", defaultValue = "log") String book,
            @RequestParam(value = "after", defaultValue = "0") QueryNumber after,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        streams.write(
                request,
                response,
                reader(book).records(after.value(), RECORDS_AT_ONCE).map(Json.MAPPER::writeValueAsString));
    }

    @GetMapping("/v1/audit/questions/{question}")
    Answer answer(
            @PathVariable("question") String word,
            @RequestParam(value = "vm", required = false) Optional<MachineName> vm,
            @RequestParam(value = "backup", required = false) Optional<String> backup,
            @RequestParam(value = "since", required = false) Optional<String> since,
            @RequestParam(value = "until", required = false) Optional<String> until,
            @RequestParam(value = "caller", required = false) Optional<String> caller,
            @RequestParam(value = "decision", required = false) Optional<String> decision,
            @RequestParam(value = "outcome", required = false) Optional<String> outcome,
            @RequestParam(value = "what", required = false) Optional<String> what,
            @RequestParam(value = "days", required = false) Optional<QueryNumber> days,
            @RequestParam(value = "order", defaultValue = "oldest") String order,
            @RequestParam(value = "after", required = false) Optional<String> after,
            @RequestParam(value = "limit", defaultValue = "100") QueryNumber limit) {
        AuditQuestion question = question(word);
        int most = limit.between(1, PAGE_MAX, "limit");
        // One more than fits tells whether there is a next page.
        List<? extends AuditRow> found = questions.page(
                question,
                inquiry.filter(
                        question,
                        new AuditInquiry.Asked(vm, backup, since, until, caller, decision, outcome, what, days)),
                after.map(AuditInquiry::place),
                order(order),
                most + 1);
        boolean more = found.size() > most;
        List<? extends AuditRow> rows = more ? found.subList(0, most) : found;
        return new Answer(
                question.word(), rows, more ? rows.getLast().position().text() : null);
    }

    @GetMapping(path = "/v1/audit/questions/{question}/rows", produces = LineStreams.MEDIA_TYPE)
    void rows(
            @PathVariable("question") String word,
            @RequestParam(value = "vm", required = false) Optional<MachineName> vm,
            @RequestParam(value = "backup", required = false) Optional<String> backup,
            @RequestParam(value = "since", required = false) Optional<String> since,
            @RequestParam(value = "until", required = false) Optional<String> until,
            @RequestParam(value = "caller", required = false) Optional<String> caller,
            @RequestParam(value = "decision", required = false) Optional<String> decision,
            @RequestParam(value = "outcome", required = false) Optional<String> outcome,
            @RequestParam(value = "what", required = false) Optional<String> what,
            @RequestParam(value = "days", required = false) Optional<QueryNumber> days,
            @RequestParam(value = "after", required = false) Optional<String> after,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        AuditQuestion question = question(word);
        Stream<? extends AuditRow> rows = questions.all(
                question,
                inquiry.filter(
                        question,
                        new AuditInquiry.Asked(vm, backup, since, until, caller, decision, outcome, what, days)),
                after.map(AuditInquiry::place));
        streams.write(request, response, rows.map(Json.MAPPER::writeValueAsString));
    }

    @GetMapping("/v1/audit/chain")
    ChainAsOf chain(@RequestParam("vm") MachineName vm, @RequestParam("at") String at) {
        Instant moment = AuditInquiry.moment("at", at);
        return new ChainAsOf(moment, engine.chain(lookup.known(vm).id(), moment));
    }

    private static AuditQuestion question(String word) {
        return AuditQuestion.named(word)
                .orElseThrow(() -> Refusal.notFound(
                        "QUESTION_NOT_FOUND",
                        "nobody has prepared an answer to that question",
                        "Ask one of: " + words(AuditQuestion.values(), AuditQuestion::word) + "."));
    }

    private RecordReader reader(String word) {
        return books.entrySet().stream()
                .filter(book -> book.getKey().word().equals(word))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> Refusal.parameter(
                        "book", "there is no such book", "Choose one of: " + words(Book.values(), Book::word) + "."));
    }

    private static Order order(String word) {
        return switch (word) {
            case "oldest" -> Order.OLDEST_FIRST;
            case "newest" -> Order.NEWEST_FIRST;
            default ->
                throw Refusal.parameter("order", "'order' is neither oldest nor newest", "Choose one of the two.");
        };
    }

    private static <T> String words(T[] values, Function<T, String> word) {
        return Arrays.stream(values).map(word).collect(Collectors.joining(", "));
    }
}
