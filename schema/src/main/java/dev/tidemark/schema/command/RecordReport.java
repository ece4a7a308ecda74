package dev.tidemark.schema.command;

import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;

/** What a gateway saw and did. The core concludes from it. */
public record RecordReport(MachineId machine, Report report, Instant askedAt) implements MachineCommand {}
