package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The repository cannot do what was asked; nothing was reported as done. The message is derived from its fields. */
public final class RepositoryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureCode code;
    private final String detail;
    private final transient @Nullable DiskName disk;

    RepositoryException(FailureCode code, @Nullable DiskName disk, String detail, @Nullable Throwable cause) {
        super((disk == null ? "" : "disk " + disk + ": ") + detail, cause);
        this.code = code;
        this.detail = detail;
        this.disk = disk;
    }

    /** Not one disk's fault. */
    public RepositoryException(FailureCode code, String detail) {
        this(code, null, detail, null);
    }

    /** One disk's fault. */
    public RepositoryException(FailureCode code, DiskName disk, String detail) {
        this(code, disk, detail, null);
    }

    static RepositoryException failed(String doing, IOException cause) {
        return new RepositoryException(
                FailureCode.REPOSITORY_FAILED, null, doing + ": " + FileFault.describe(cause), cause);
    }

    static RepositoryException damaged(DamagedDisk damage) {
        return new RepositoryException(
                FailureCode.BACKUP_DAMAGED, damage.disk(), damage.file() + ": " + damage.detail(), null);
    }

    /** With the name by which people know what is held, where it has that of its descriptor. */
    RepositoryException spoken(Descriptor held, Path named) {
        // Not where it is but the beginning of another descriptor's number.
        String spoken = Pattern.compile(Pattern.quote(held.path().toString()) + "(?!\\d)")
                .matcher(detail)
                .replaceAll(Matcher.quoteReplacement(named.toString()));
        return spoken.equals(detail) ? this : new RepositoryException(code, disk, spoken, getCause());
    }

    /** What an outcome reports. */
    public FailureCode code() {
        return code;
    }

    /** What happened, without the disk's name. */
    public String detail() {
        return detail;
    }

    /** The disk whose file is the reason, if it is one disk's. */
    public Optional<DiskName> disk() {
        return Optional.ofNullable(disk);
    }

    /** This, unless its reason is that the thread was told to stop: that says nothing about the repository. */
    public RepositoryException unlessInterrupted() throws InterruptedException {
        return Interruption.unlessInterrupted(this);
    }

    /** As an operation's outcome. */
    public Outcome.Refused refused() {
        return new Outcome.Refused(code, String.valueOf(getMessage()), disk());
    }
}
