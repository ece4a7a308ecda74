package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.model.Cells;
import java.util.Map;

/**
 * What a disk was at the moment of a backup's transaction.
 *
 * @param transaction which one
 * @param copied the cells that the job was told to copy
 * @param truths what had really changed since each checkpoint
 */
record Moment(long transaction, Cells cells, long bytes, long copied, Map<String, PlayedDisk.Truth> truths) {}
