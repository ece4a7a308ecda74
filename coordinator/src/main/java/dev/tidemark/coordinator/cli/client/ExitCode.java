package dev.tidemark.coordinator.cli.client;

/** What a script learns from the end of a command. The numbers are part of the public interface. */
public enum ExitCode {
    OK(0),
    FAILED(1),
    USAGE(2),
    NOT_FOUND(3),
    CONFLICT(4),
    DENIED(5),
    UNAVAILABLE(6),
    FULL_REQUIRED(7),
    UNKNOWN(8),
    TAMPERED(9);

    private static final String FULL_REQUIRED_CODE = "FULL_REQUIRED";
    private static final String OUTCOME_UNKNOWN_CODE = "OUTCOME_UNKNOWN";

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** For an answer of the coordinator that is a problem. */
    public static ExitCode ofProblem(int status, String code) {
        if (code.equals(FULL_REQUIRED_CODE)) {
            return FULL_REQUIRED;
        }
        if (code.equals(OUTCOME_UNKNOWN_CODE)) {
            return UNKNOWN;
        }
        return switch (status) {
            case 400 -> USAGE;
            case 401, 403 -> DENIED;
            case 404 -> NOT_FOUND;
            case 409, 412 -> CONFLICT;
            case 503 -> UNAVAILABLE;
            default -> FAILED;
        };
    }

    /** For an operation that was accepted and then failed. */
    public static ExitCode ofFailedOperation(String code) {
        return switch (code) {
            case FULL_REQUIRED_CODE -> FULL_REQUIRED;
            case "MACHINE_UNAVAILABLE" -> UNAVAILABLE;
            default -> FAILED;
        };
    }
}
