package dev.tidemark.schema.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.OperationId;

/** What a gateway has to say about the guest's file systems. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = GuestReport.Freezing.class, name = "FREEZING"),
    @JsonSubTypes.Type(value = GuestReport.Thawed.class, name = "THAWED")
})
public sealed interface GuestReport {
    /** For which operation they are frozen, or were. */
    OperationId operation();

    /** They are going to be frozen: not before {@link Desired#frozenBy} says that this is recorded. */
    record Freezing(OperationId operation) implements GuestReport {}

    /** They were seen thawed; {@code moment} is what a transaction between the freeze and this is worth. */
    record Thawed(OperationId operation, Moment moment) implements GuestReport {}
}
