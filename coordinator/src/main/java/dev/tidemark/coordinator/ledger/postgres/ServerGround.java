package dev.tidemark.coordinator.ledger.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a home's server keeps its files. Normally {@code <home>/postgres}; where the server's account cannot get there (a
 * home under /root, say), a directory of its own under /var/lib/tidemark. Passwords stay in the home in either case: the
 * server's account has no use for them.
 */
record ServerGround(Path directory, Path keyDirectory) {
    private static final Path OUTSIDE = Path.of("/var/lib/tidemark");
    private static final int NAME_LENGTH = 16;

    Path data() {
        return directory.resolve("data");
    }

    /** The log and what is handed to the server's programs; the server's account may write here. */
    Path run() {
        return directory.resolve("run");
    }

    PasswordFile superuserPassword() throws IOException {
        return PasswordFile.ensured(keyDirectory.resolve("server.password"));
    }

    PasswordFile ownerPassword() throws IOException {
        return PasswordFile.ensured(keyDirectory.resolve("owner.password"));
    }

    PasswordFile applicationPassword() throws IOException {
        return PasswordFile.ensured(keyDirectory.resolve("application.password"));
    }

    /** The place of locks and passwords. */
    static Path keys(Path home) throws IOException {
        Path keys = home.resolve("postgres");
        Files.createDirectories(keys);
        return keys;
    }

    static ServerGround of(Path home, ServerAccount account) throws IOException {
        Path inside = keys(home);
        // Passed through by the server's account, listed by nobody else. The password files are closed by themselves.
        FileTree.directory(inside, account instanceof ServerAccount.Unprivileged ? "rwx--x--x" : "rwx------");
        Path outside = OUTSIDE.resolve(nameFor(home));
        boolean outsideInUse = Files.exists(outside.resolve("data/PG_VERSION"));
        boolean insideInUse = Files.exists(inside.resolve("data/PG_VERSION"));
        if (outsideInUse && insideInUse) {
            throw new DatabaseRefused.ServerFailed(
                    "There are two databases for this home, in " + inside + " and in " + outside
                            + ": move the one that is not wanted away.",
                    null);
        }
        Path chosen;
        if (outsideInUse) {
            chosen = outside;
        } else if (account.passes(inside)) {
            chosen = inside;
        } else if (insideInUse) {
            throw new DatabaseRefused.ServerFailed(
                    "The account '" + account.owner() + "' that PostgreSQL must run as cannot reach " + inside
                            + ", where the database is: allow it to pass through the directories above.",
                    null);
        } else {
            if (!Files.isDirectory(OUTSIDE)) {
                FileTree.directory(OUTSIDE, "rwxr-xr-x");
            }
            if (!account.passes(OUTSIDE)) {
                // The state of an installed coordinator, say, which is open to that one's user alone.
                throw new DatabaseRefused.ServerFailed(
                        "The account '" + account.owner() + "' that PostgreSQL must run as can reach neither " + inside
                                + " nor " + OUTSIDE + ": start it as another user than root, or with a --home that"
                                + " everybody may pass through.",
                        null);
            }
            chosen = outside;
        }
        ServerGround ground = new ServerGround(chosen, inside);
        ground.prepare(account);
        return ground;
    }

    /** Directories with the right owner; a change of the account since the last start is followed. */
    void prepare(ServerAccount account) throws IOException {
        FileTree.directory(directory, account instanceof ServerAccount.Unprivileged ? "rwx--x--x" : "rwx------");
        FileTree.directory(data(), "rwx------");
        FileTree.directory(run(), "rwx------");
        FileTree.own(data(), account.owner());
        FileTree.own(run(), account.owner());
    }

    private static String nameFor(Path home) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(home.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, NAME_LENGTH);
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
