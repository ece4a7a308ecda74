package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code tidemark gateways}: who serves which host. */
@Command(
        name = "gateways",
        description = "Lists the gateways of all hosts: which serves it, and when it was heard last.")
final class GatewaysVerb implements Callable<Integer> {
    private final Session session;

    GatewaysVerb(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        JsonNode answer = session.coordinator().get(RequestPath.v1("gateways"));
        return session.print(answer, GatewayPages.list(answer));
    }
}
