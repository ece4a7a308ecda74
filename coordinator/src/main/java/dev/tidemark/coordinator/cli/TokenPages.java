package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.coordinator.cli.show.Table;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Tokens for people. */
final class TokenPages {
    private TokenPages() {}

    static Page created(JsonNode token) {
        if (token.path("token").isMissingNode()) {
            return one(token);
        }
        return one(token)
                .gap()
                .line("This is shown once. Keep it in a file of your own (chmod 600) and give that with --token-file.")
                // In one piece, however narrow it is here.
                .verbatim(List.of(Cell.text(token, "token")));
    }

    static Page one(JsonNode token) {
        Fields fields = new Fields()
                .field("name", Cell.text(token, "name"))
                .field("id", Cell.text(token, "id"))
                .field("role", role(token));
        if (token.path("host").isString()) {
            fields.field("host", Cell.text(token, "host"));
        } else {
            fields.field("vms", Cell.text(token, "vms"));
        }
        if (token.path("certificate").isString()) {
            fields.field("certificate", Cell.text(token, "certificate"));
        } else {
            fields.field("begins with", Cell.text(token, "hint"));
        }
        return new Page()
                .fields(fields.field("created", Cell.time(token, "createdAt") + " by " + Cell.text(token, "createdBy"))
                        .field("expires", Cell.time(token, "expiresAt"))
                        .field("state", state(token)));
    }

    static Page list(JsonNode answer) {
        List<JsonNode> tokens = Cell.list(answer, "tokens");
        if (tokens.isEmpty()) {
            return new Page().line("no tokens; make one with: tidemark token create NAME --role ROLE");
        }
        Table table = new Table()
                .column("NAME")
                .column("ROLE")
                .column("VMS")
                .column("STATE")
                .optional("EXPIRES")
                .optional("BEGINS WITH, OR CERTIFICATE");
        for (JsonNode token : tokens) {
            table.row(
                    Cell.text(token, "name"),
                    role(token),
                    token.path("host").isString() ? "of " + Cell.text(token, "host") : Cell.text(token, "vms"),
                    state(token),
                    Cell.time(token, "expiresAt"),
                    Cell.text(token, token.path("certificate").isString() ? "certificate" : "hint"));
        }
        return new Page().table(table);
    }

    private static String role(JsonNode token) {
        return Cell.text(token, "role").toLowerCase(Locale.ROOT);
    }

    private static String state(JsonNode token) {
        if (!Cell.text(token, "revokedAt").equals(Cell.NOTHING)) {
            return "revoked";
        }
        return token.path("valid").asBoolean(false) ? "valid" : "expired";
    }
}
