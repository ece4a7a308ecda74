package dev.tidemark.coordinator;

import dev.tidemark.coordinator.dispatch.Holders;
import dev.tidemark.coordinator.ledger.GatewayLeases;
import java.util.List;
import java.util.function.Supplier;

/** What an engine knows of gateways that ask other coordinators, and how it reaches them. */
record Elsewhere(Holders holders, FarLooks looks, Supplier<List<GatewayLeases.Holding>> leases) {}
