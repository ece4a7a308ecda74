package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.TokenName;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark token}: who may call, besides whoever can read the home directory. */
@Command(
        name = "token",
        description = "Who may call besides the administrator: tokens with a role, for some machines or for all.")
final class TokenVerbs {
    private final Session session;

    TokenVerbs(Session session) {
        this.session = session;
    }

    /** The coordinator knows the same words; what each may do is its business. */
    enum Role {
        VIEWER,
        AUDITOR,
        OPERATOR,
        RETENTION,
        RESTORER,
        ADMIN,
        GATEWAY
    }

    @Command(
            name = "create",
            description = "Makes a token and shows it once: it is kept nowhere. Or makes a certificate a credential.")
    int create(
            @Parameters(index = "0", paramLabel = "NAME", description = "What to call it; a name is never used twice.")
                    TokenName name,
            @Option(
                            names = "--role",
                            required = true,
                            paramLabel = "ROLE",
                            description = "viewer, auditor, operator (checkpoints and backups), retention (deletes),"
                                    + " restorer, admin or gateway.")
                    Role role,
            @Option(names = "--vms", paramLabel = "PATTERN", description = "Only machines of such names, as 'web-*'.")
                    @Nullable
                    String machines,
            @Option(
                            names = "--label",
                            paramLabel = "KEY=VALUE",
                            description = "Only machines that have this label, now and at any time; see vm label.")
                    @Nullable
                    String label,
            @Option(names = "--host", paramLabel = "NAME", description = "Of a gateway: it speaks for this one alone.")
                    @Nullable
                    HostName host,
            @Option(
                            names = "--certificate",
                            paramLabel = "FILE|NAME",
                            description = "Instead of a token: the client certificate in FILE (PEM), by its public key,"
                                    + " or each that is called uri:… or dns:….")
                    @Nullable
                    String certificate,
            @Option(
                            names = "--expires",
                            paramLabel = "TIME",
                            description = "After so long, as 12h or 30d; else 90 days.")
                    @Nullable
                    LeaseTime lifetime) {
        ObjectNode body = Arguments.body()
                .put("name", name.value())
                .put("role", role.name().toUpperCase(Locale.ROOT));
        if (machines != null || label != null) {
            body.put("vms", label == null ? machines : machines == null ? label : machines + "," + label);
        }
        if (host != null) {
            body.put("host", host.value());
        }
        if (certificate != null) {
            body.put("certificate", CertificateOption.name(certificate));
        }
        if (lifetime != null) {
            body.put("lifetimeSeconds", lifetime.seconds());
        }
        JsonNode created = session.coordinator().post(RequestPath.v1("tokens"), body);
        return session.print(created, TokenPages.created(created));
    }

    @Command(name = "list", description = "Lists all tokens that ever were, without what is secret of them.")
    int list() {
        JsonNode answer = session.coordinator().list(RequestPath.v1("tokens"), "tokens");
        return session.print(answer, TokenPages.list(answer));
    }

    @Command(name = "revoke", description = "Ends a token at once and for good.")
    int revoke(@Parameters(index = "0", paramLabel = "NAME", description = "Its name or id.") TokenName name) {
        JsonNode revoked = session.coordinator().delete(RequestPath.v1("tokens", name.value()));
        return session.print(revoked, TokenPages.one(revoked));
    }
}
