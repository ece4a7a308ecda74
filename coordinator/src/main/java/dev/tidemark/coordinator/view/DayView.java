package dev.tidemark.coordinator.view;

import java.time.LocalDate;

/**
 * What became of the backups of one machine whose moments lie in one day, in UTC: restore points that are there, those of them that were
 * verified, those that are damaged, those that were deleted since, and tries that came to nothing.
 */
public record DayView(LocalDate day, int points, int verified, int damaged, int deleted, int failed) {}
