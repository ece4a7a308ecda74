package dev.tidemark.schema.event;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What QMP shows of the command line with which a machine was started, and of what was plugged in since. A storage daemon has none.
 *
 * @param type as {@code -machine} resolves it, for example {@code pc-q35-7.2-machine}
 * @param name as {@code -name} says
 * @param uuid as {@code -uuid} says; empty if it says nothing
 */
public record MachineFacts(
        Optional<String> type,
        Optional<String> name,
        Optional<String> uuid,
        Optional<Boolean> kvm,
        OptionalLong processors,
        OptionalLong memoryBytes) {}
