package dev.tidemark.coordinator.ledger.postgres;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why the coordinator does not start on this database. The message is for the operator and says what to do. */
public abstract sealed class DatabaseRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private DatabaseRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Nobody answers, or the credentials are wrong. */
    public static final class Unreachable extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        Unreachable(String where, String why, Throwable cause) {
            super("The database at " + where + " cannot be used: " + why, cause);
        }
    }

    /** The server may forget what it has acknowledged. */
    public static final class NotDurable extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        NotDurable(String setting, String value) {
            super(
                    "The database has " + setting + "=" + value + ": it may forget a committed event in a crash. Set "
                            + setting + "=on.",
                    null);
        }
    }

    /** A standby or a server set to read only. */
    public static final class ReadOnly extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        ReadOnly(String where) {
            super("The database at " + where + " is read-only (a standby?): connect to the primary.", null);
        }
    }

    /** Older than what we need. */
    public static final class TooOld extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        TooOld(String version, int oldest) {
            super("PostgreSQL " + version + " is too old: " + oldest + " or newer is needed.", null);
        }
    }

    /** The schema is not one that this program may work with. */
    public static final class SchemaMismatch extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        SchemaMismatch(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Grants or triggers would let somebody rewrite the log. */
    public static final class HistoryUnprotected extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        HistoryUnprotected(List<String> findings) {
            super("The event log is not protected: " + String.join("; ", findings), null);
        }
    }

    /** Another coordinator works on this home directory. */
    public static final class HomeInUse extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        HomeInUse(Path home, String holder) {
            super("Another coordinator uses " + home + " (" + holder + "): stop it, or choose another --home.", null);
        }
    }

    /** The embedded server did not come up, or an old one did not go away. */
    public static final class ServerFailed extends DatabaseRefused {
        private static final long serialVersionUID = 1L;

        ServerFailed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
