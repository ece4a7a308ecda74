package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.dashboard.AuditPage.Cell;
import dev.tidemark.coordinator.dashboard.AuditPage.Part;
import dev.tidemark.coordinator.dashboard.AuditPage.Row;
import dev.tidemark.coordinator.dashboard.AuditPage.Table;
import dev.tidemark.coordinator.view.AuditQuestion;
import dev.tidemark.coordinator.view.AuditRow;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Rows of an answer as people read them: each leads to its operation, its machine and its backup. */
final class AuditTable {
    /** Acts whose target is a backup. */
    private static final Set<String> OF_BACKUPS = Set.of(
            "BACKUP",
            "ABORT_BACKUP",
            "FINISH_BACKUP",
            "CHANGE_SPEED",
            "VERIFY",
            "DELETE_BACKUP",
            "MERGE_BACKUP",
            "PROTECT_BACKUP",
            "UNPROTECT_BACKUP");

    private static final Set<String> BAD_OUTCOMES = Set.of("FAILED", "UNKNOWN");

    /** Of a machine's id. */
    private final Predicate<String> isRegistered;

    AuditTable(Predicate<String> isRegistered) {
        this.isRegistered = isRegistered;
    }

    Table of(AuditQuestion question, List<? extends AuditRow> rows) {
        List<String> heads = question.rows().equals(AuditRow.Act.class)
                ? List.of("When (UTC)", "Who", "What", "Machine", "Result")
                : question.rows().equals(AuditRow.Event.class)
                        ? List.of("When (UTC)", "Event", "About", "Who")
                        : question.rows().equals(AuditRow.ForcedFull.class)
                                ? List.of("When (UTC)", "Machine", "Backup", "Why", "Who")
                                : List.of("Machine", "Last verified (UTC)", "Newest backup (UTC)");
        return new Table(
                heads,
                rows.stream()
                        .map(row -> switch (row) {
                            case AuditRow.Act act -> act(act);
                            case AuditRow.Event event -> event(event);
                            case AuditRow.ForcedFull full -> forcedFull(full);
                            case AuditRow.Unverified unverified -> unverified(unverified);
                        })
                        .toList());
    }

    private Row act(AuditRow.Act act) {
        Trouble.Level level = level(act);
        Parts what = new Parts();
        String word = act.act();
        if (word != null) {
            what.text(Words.plain(word));
        } else {
            what.text(act.route());
        }
        // To take a machine in or let it go names the machine, which has a column of its own.
        if (act.target() != null && !act.target().equals(act.vmId())) {
            boolean backup = word != null && OF_BACKUPS.contains(word);
            what.link(act.target(), backup ? Addresses.backup(act.target()) : null);
        }
        if (act.times() > 1) {
            what.quiet(act.times() + " times");
        }
        Parts result = new Parts().mark(level, Words.plain(act.outcome() == null ? act.decision() : act.outcome()));
        if (act.code() != null) {
            result.text(Words.plain(act.code()));
        }
        if (act.operation() != null) {
            result.link("operation", Addresses.operation(act.operation()));
        }
        result.quiet(act.detail());
        return new Row(
                level,
                List.of(
                        new Parts().moment(act.at()).in("When"),
                        who(act.caller(), act.method(), act.address()).in("Who"),
                        what.in("What"),
                        machine(act.vm(), act.vmId()).in("Machine"),
                        result.in("Result")));
    }

    private static Trouble.Level level(AuditRow.Act act) {
        return switch (act.decision()) {
            case "DENIED", "FAILED" -> Trouble.Level.ALARM;
            case "REFUSED", "INVALID" -> Trouble.Level.WARNING;
            default ->
                act.outcome() != null && BAD_OUTCOMES.contains(act.outcome())
                        ? Trouble.Level.ALARM
                        : Trouble.Level.NOTE;
        };
    }

    private static Row event(AuditRow.Event event) {
        String name = event.event();
        Parts title = new Parts()
                .text((name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name).replace('-', ' '))
                .quiet("version " + event.version());
        Parts about = new Parts();
        if (event.backup() != null) {
            about.link("backup", Addresses.backup(event.backup()));
        }
        if (event.operation() != null) {
            about.link("operation", Addresses.operation(event.operation()));
        }
        about.text(event.disk()).text(named(event.subject()));
        if (event.code() != null) {
            about.text(Words.plain(event.code()));
        }
        return new Row(
                Trouble.Level.NOTE,
                List.of(
                        new Parts().moment(event.at()).in("When"),
                        title.in("Event"),
                        about.quiet(event.detail()).in("About"),
                        who(event.caller(), null, event.address()).in("Who")));
    }

    /** A checkpoint is told as it was asked for, with its name. */
    private static @Nullable String named(@Nullable String subject) {
        return subject != null && subject.startsWith("{")
                ? Json.MAPPER.readTree(subject).path("name").asString(subject)
                : subject;
    }

    private Row forcedFull(AuditRow.ForcedFull full) {
        Parts why = new Parts();
        if (full.cause() != null) {
            why.text(Words.plain(full.cause()));
        }
        return new Row(
                Trouble.Level.WARNING,
                List.of(
                        new Parts().moment(full.at()).in("When"),
                        machine(full.vm(), full.vmId()).in("Machine"),
                        new Parts()
                                .link(full.backup(), Addresses.backup(full.backup()))
                                .text("disk " + full.disk())
                                .quiet("into " + full.repo() + ", " + Words.plain(full.state())
                                        + (full.bytes() == null ? "" : ", " + Words.bytes(full.bytes())))
                                .in("Backup"),
                        why.quiet(full.detail()).in("Why"),
                        who(full.caller(), null, null)
                                .link("operation", Addresses.operation(full.operation()))
                                .in("Who")));
    }

    private Row unverified(AuditRow.Unverified row) {
        Parts verified = new Parts();
        if (row.verifiedAt() == null) {
            verified.mark(Trouble.Level.ALARM, "never");
        } else {
            verified.moment(row.verifiedAt());
        }
        if (row.backup() != null) {
            verified.link(row.backup(), Addresses.backup(row.backup()));
        }
        Parts made = new Parts();
        if (row.completedAt() == null) {
            made.text("none");
        } else {
            made.moment(row.completedAt());
        }
        return new Row(
                row.verifiedAt() == null ? Trouble.Level.ALARM : Trouble.Level.WARNING,
                List.of(
                        machine(row.vm(), row.vmId()).in("Machine"),
                        verified.in("Last verified"),
                        made.in("Newest backup")));
    }

    private static Parts who(@Nullable String caller, @Nullable String method, @Nullable String address) {
        Parts who = new Parts().text(caller == null ? "nobody known" : caller);
        if (method != null) {
            who.quiet("by " + method);
        }
        if (address != null) {
            who.quiet("from " + address);
        }
        return who;
    }

    /** One that is not there any more has no page, and a history. */
    private Parts machine(@Nullable String name, @Nullable String id) {
        if (id == null) {
            return new Parts().text(name);
        }
        String shown = name == null ? id : name;
        return isRegistered.test(id)
                ? new Parts().link(shown, Addresses.machine(id))
                : new Parts()
                        .link(shown, "/ui/audit?question=machine&vm=" + Addresses.encoded(id))
                        .quiet("removed");
    }

    /** A cell in the making; what is not there is left out. */
    private static final class Parts {
        private final List<Part> parts = new ArrayList<>();

        Parts text(@Nullable String text) {
            return add(text, null, null, null, false);
        }

        Parts quiet(@Nullable String text) {
            return add(text, null, null, null, true);
        }

        Parts link(@Nullable String text, @Nullable String address) {
            return add(text, address, null, null, false);
        }

        Parts moment(Instant moment) {
            return add(Words.exactUtc(moment), null, moment, null, false);
        }

        Parts mark(Trouble.Level level, String word) {
            return add(word, null, null, level, false);
        }

        private Parts add(
                @Nullable String text,
                @Nullable String address,
                @Nullable Instant moment,
                Trouble.@Nullable Level level,
                boolean quiet) {
            if (text != null && !text.isEmpty()) {
                parts.add(new Part(
                        text,
                        Optional.ofNullable(address),
                        Optional.ofNullable(moment),
                        Optional.ofNullable(level),
                        quiet));
            }
            return this;
        }

        Cell in(String head) {
            return new Cell(head, parts);
        }
    }
}
