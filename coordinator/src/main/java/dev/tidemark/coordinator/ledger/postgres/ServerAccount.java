package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The account that PostgreSQL runs under. It refuses to run as root, and in containers root is often all there is.
 *
 * <p>As root, a user namespace comes first: inside it the server is nobody, outside it the files stay root's, and the
 * home directory is used as it is. Where the kernel forbids that, the server runs as an unprivileged account of the
 * system.
 */
sealed interface ServerAccount {
    /** The command, as this account runs it. */
    List<String> command(List<String> command);

    /** Who must own the data directory, as a name or a number. */
    String owner();

    /** We are not root: nothing to do. */
    record Caller(String owner) implements ServerAccount {
        @Override
        public List<String> command(List<String> command) {
            return command;
        }
    }

    /** Root, seen from inside as nobody. */
    record UserNamespace() implements ServerAccount {
        @Override
        public List<String> command(List<String> command) {
            return prefixed(List.of("unshare", "--user"), command);
        }

        @Override
        public String owner() {
            return "root";
        }
    }

    /** Root steps down to an account without rights. */
    record Unprivileged(String owner) implements ServerAccount {
        @Override
        public List<String> command(List<String> command) {
            return prefixed(
                    List.of("setpriv", "--reuid=" + owner, "--regid=" + groupOf(owner), "--clear-groups", "--"),
                    command);
        }
    }

    /** The account that works on this machine. */
    static ServerAccount choose() {
        if (!callerIsRoot()) {
            return new Caller(System.getProperty("user.name", "unknown"));
        }
        ServerAccount namespace = new UserNamespace();
        return works(namespace) ? namespace : unprivileged();
    }

    /** The account without rights, preferring the one that distributions make for PostgreSQL. */
    static ServerAccount unprivileged() {
        for (String name : List.of("postgres", "nobody")) {
            ServerAccount account = new Unprivileged(name);
            if (works(account)) {
                return account;
            }
        }
        throw new DatabaseRefused.ServerFailed(
                "PostgreSQL does not run as root, user namespaces are not allowed here, and neither 'postgres' nor 'nobody'"
                        + " can be used: start the coordinator as another user, or give --database-url.",
                null);
    }

    /** Whether this account gets into that directory, through all those above it. */
    default boolean passes(Path directory) {
        List<String> entering = List.of("/usr/bin/test", "-x", directory + "/");
        return ExternalCommand.run(command(entering), Path.of("/"), Duration.ofSeconds(10))
                .succeeded();
    }

    private static boolean works(ServerAccount account) {
        return ExternalCommand.run(account.command(List.of("/bin/true")), Path.of("/"), Duration.ofSeconds(10))
                .succeeded();
    }

    private static boolean callerIsRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException noProc) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    private static String groupOf(String user) {
        ExternalCommand id = ExternalCommand.run(List.of("id", "--group", user), Path.of("/"), Duration.ofSeconds(10));
        return id.succeeded() ? id.output().strip() : user;
    }

    private static List<String> prefixed(List<String> prefix, List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }
}
