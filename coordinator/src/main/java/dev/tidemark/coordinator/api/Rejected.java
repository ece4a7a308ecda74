package dev.tidemark.coordinator.api;

import dev.tidemark.schema.id.OperationId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The core turned a command or a question down. Nothing was written. */
public final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    /** The code under which a taken name of a machine or a checkpoint is told. */
    public static final String NAME_TAKEN = "NAME_TAKEN";

    private final Kind kind;
    private final String code;
    private final String remedy;
    private final @Nullable String operation;

    /** The sorts of rejection that callers treat differently. */
    public enum Kind {
        /** It can never be accepted as it is. */
        BAD_REQUEST,
        /** Something that it names does not exist. */
        NOT_FOUND,
        /** Something else is in the way. */
        CONFLICT,
        /** The machine cannot be worked on now. */
        UNAVAILABLE,
        /** An incremental backup was demanded, and only a full one would be right. */
        FULL_REQUIRED,
        /** The machine, the disk or this version cannot do it. */
        UNSUPPORTED
    }

    /**
     * Says no.
     *
     * @param code stable, UPPER_SNAKE
     * @param detail what is wrong
     * @param remedy what the caller can do about it
     * @param operation the operation that is in the way
     */
    public Rejected(Kind kind, String code, String detail, String remedy, Optional<OperationId> operation) {
        super(detail);
        this.kind = kind;
        this.code = code;
        this.remedy = remedy;
        this.operation = operation.map(OperationId::value).orElse(null);
    }

    public Kind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public String remedy() {
        return remedy;
    }

    public Optional<OperationId> operation() {
        return Optional.ofNullable(operation).map(OperationId::new);
    }
}
