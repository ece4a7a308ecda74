package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of an answer. The members in their order are the columns of a table. */
public sealed interface AuditRow {
    /** The columns of a kind of rows: the members, in their order, but for those that no answer shows. */
    static List<String> columns(Class<? extends AuditRow> kind) {
        return Arrays.stream(kind.getRecordComponents())
                .filter(member -> member.getAccessor().getAnnotation(JsonIgnore.class) == null)
                .map(RecordComponent::getName)
                .toList();
    }

    /** Where it stands in its answer: the place behind which the next page begins. */
    @JsonIgnore
    AuditPlace position();

    /**
     * Something that was asked of the coordinator.
     *
     * @param method by what its caller was known
     * @param token which one of those
     * @param act what it does; for what was turned down the route tells that
     * @param outcome of its operation: PENDING, RUNNING, UNKNOWN, DONE or FAILED
     * @param times how often; more than once for calls that came again and again
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Act(
            Instant at,
            @Nullable String caller,
            @Nullable String method,
            @Nullable String token,
            @Nullable String address,
            @Nullable String act,
            @Nullable String route,
            @Nullable String vm,
            @Nullable String vmId,
            @Nullable String target,
            String decision,
            @Nullable String code,
            @Nullable String outcome,
            @Nullable String detail,
            @Nullable String operation,
            @Nullable String request,
            long times,
            @JsonIgnore String place)
            implements AuditRow {
        @Override
        public AuditPlace position() {
            return new AuditPlace(at, place);
        }
    }

    /**
     * An event of a machine.
     *
     * @param subject the checkpoint, export, operation or name that it is about, beside the backup and the disk
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Event(
            Instant at,
            @Nullable String vm,
            String vmId,
            long version,
            String event,
            @Nullable String backup,
            @Nullable String subject,
            @Nullable String disk,
            @Nullable String code,
            @Nullable String detail,
            @Nullable String caller,
            @Nullable String address,
            @Nullable String operation,
            @Nullable String request)
            implements AuditRow {
        @Override
        public AuditPlace position() {
            return new AuditPlace(at, Long.toString(version));
        }
    }

    /** A disk that was copied in full though an incremental was wanted. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ForcedFull(
            Instant at,
            @Nullable String vm,
            String vmId,
            String repo,
            String backup,
            String disk,
            @Nullable String cause,
            @Nullable String detail,
            String state,
            @Nullable Long bytes,
            @Nullable String caller,
            String operation,
            @JsonIgnore String place)
            implements AuditRow {
        @Override
        public AuditPlace position() {
            return new AuditPlace(at, place);
        }
    }

    /**
     * A machine whose newest verified restore point is old, or not there.
     *
     * @param backup the newest one that was verified and is whole as far as is known
     * @param completedAt when its newest backup was made, verified or not
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Unverified(
            String vm,
            String vmId,
            @Nullable Instant verifiedAt,
            @Nullable String backup,
            @Nullable String repo,
            @Nullable Instant completedAt,
            Instant registeredAt)
            implements AuditRow {
        @Override
        public AuditPlace position() {
            return new AuditPlace(registeredAt, vmId);
        }
    }
}
