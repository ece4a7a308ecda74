package dev.tidemark.schema.contract;

import java.util.Optional;

/** A job with our prefix: status in QEMU's words (JobStatus), progress in bytes. */
public record ObservedJob(String id, String status, Optional<String> error, long currentProgress, long totalProgress) {}
