package dev.tidemark.gateway.qmp;

/**
 * QEMU answered with an error. Class and description are kept for people to read: nearly every error is a
 * {@code GenericError}, its text changes with the version, so nothing may branch on it (qemu-facts §1). Look instead.
 */
public final class QmpRefused extends QmpException {

    private static final long serialVersionUID = 1L;

    private final String command;
    private final String errorClass;
    private final String description;

    /** QEMU's error to a command. */
    public QmpRefused(String command, String errorClass, String description) {
        super(command + " refused by QEMU: " + errorClass + ": " + description);
        this.command = command;
        this.errorClass = errorClass;
        this.description = description;
    }

    /** The QMP name of the refused command. */
    public String command() {
        return command;
    }

    /** QEMU's error class, for example {@code GenericError}. */
    public String errorClass() {
        return errorClass;
    }

    /** QEMU's English sentence. For people only. */
    public String description() {
        return description;
    }

    @Override
    public boolean outcomeUnknown() {
        return false;
    }
}
