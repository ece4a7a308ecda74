package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.api.resource.AuditInquiry;
import dev.tidemark.coordinator.dashboard.AuditTopic.Field;
import dev.tidemark.schema.id.MachineName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the form holds, as it was written; fields that were left empty are not in it. */
public record AuditWish(AuditTopic topic, Map<Field, String> given) {
    private static final int DAY_LENGTH = "2026-11-22".length();

    public AuditWish {
        given = Map.copyOf(given);
    }

    /** What a browser sends: also what is not of this topic, and was empty. */
    static AuditWish of(AuditTopic topic, Function<String, Optional<String>> parameters) {
        Map<Field, String> given = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            parameters
                    .apply(field.parameter())
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .ifPresent(text -> given.put(field, text));
        }
        return new AuditWish(topic, given);
    }

    /** Whether enough was given to be answered. */
    public boolean isComplete() {
        return topic.fields().stream().allMatch(field -> given.containsKey(field) || !topic.requires(field));
    }

    Optional<String> text(Field field) {
        return Optional.ofNullable(given.get(field));
    }

    /** As it was written. */
    public String shown(Field field) {
        return given.getOrDefault(field, "");
    }

    /** The same for another topic, as far as that asks for it. */
    public String address(AuditTopic other) {
        return "/ui/audit?" + query(other);
    }

    /** What comes behind a place. */
    public String address(String after) {
        return address(topic) + "&after=" + Addresses.encoded(after);
    }

    /** All of it, to be kept. */
    public String download(String form) {
        return "/ui/audit/rows?" + query(topic) + "&form=" + form;
    }

    private String query(AuditTopic other) {
        StringBuilder query = new StringBuilder("question=").append(other.word());
        for (Field field : other.fields()) {
            text(field)
                    .ifPresent(text -> query.append('&')
                            .append(field.parameter())
                            .append('=')
                            .append(Addresses.encoded(text)));
        }
        return query.toString();
    }

    AuditInquiry.Asked asked() {
        return new AuditInquiry.Asked(
                machine(),
                ofTopic(Field.BACKUP),
                momentOf(Field.SINCE),
                momentOf(Field.UNTIL),
                ofTopic(Field.CALLER),
                ofTopic(Field.DECISION),
                ofTopic(Field.OUTCOME),
                ofTopic(Field.WHAT),
                ofTopic(Field.DAYS).map(text -> parsed(Field.DAYS, text, QueryNumber::new)));
    }

    Optional<MachineName> machine() {
        return ofTopic(Field.VM).map(text -> parsed(Field.VM, text, MachineName::new));
    }

    Optional<Instant> at() {
        return ofTopic(Field.AT).map(text -> moment(Field.AT, text));
    }

    private Optional<String> ofTopic(Field field) {
        return topic.fields().contains(field) ? text(field) : Optional.empty();
    }

    private Optional<String> momentOf(Field field) {
        return ofTopic(field).map(text -> moment(field, text).toString());
    }

    private static <T> T parsed(Field field, String text, Function<String, T> form) {
        try {
            return form.apply(text);
        } catch (IllegalArgumentException malformed) {
            Refusal refusal = Refusal.parameter(
                    field.parameter(), "'" + field.label() + "' does not have the form it needs", "Mend it.");
            refusal.initCause(malformed);
            throw refusal;
        }
    }

    /** A day, a minute of it, or as programs write moments; always in UTC. */
    private static Instant moment(Field field, String text) {
        try {
            if (text.endsWith("Z")) {
                return Instant.parse(text);
            }
            return text.length() <= DAY_LENGTH
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : LocalDateTime.parse(text.replace(' ', 'T'))
                            .truncatedTo(ChronoUnit.MILLIS)
                            .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException malformed) {
            Refusal refusal = Refusal.parameter(
                    field.parameter(),
                    "'" + field.label() + "' is not a moment: 2026-11-22, 2026-11-22 12:00 or 2026-11-22T12:00:00Z",
                    "Write it in UTC, as 2026-11-22 12:00.");
            refusal.initCause(malformed);
            throw refusal;
        }
    }
}
