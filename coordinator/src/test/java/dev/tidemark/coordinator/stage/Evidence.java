package dev.tidemark.coordinator.stage;

import java.util.List;

/**
 * What there is of a machine's commands when all is over, told by nobody that could be wrong about it.
 *
 * @param log rows of the event table that are the machine's
 * @param bitmaps what QEMU lists, in its order
 * @param commands each QMP command that QEMU says it was given, as JSON
 * @param directories of the machine's backups in the repository
 */
record Evidence(List<String> log, List<String> bitmaps, List<String> commands, List<String> directories) {}
