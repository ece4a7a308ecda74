package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is to be put away: things of ended operations of ours, bitmaps that a recorded decision removes,
 * and older bitmaps that record beside the newest. Pure. Never in it: something without our prefix, a bitmap of a chain to be
 * removed, a bitmap with a checkpoint's name of which the log says nothing (that is quarantined).
 */
record Leftovers(
        List<String> exports,
        List<ObservedJob> jobs,
        List<String> nodes,
        List<String> secrets,
        List<Verb> bitmaps,
        List<String> partials) {
    Leftovers {
        secrets = List.copyOf(secrets);
        exports = List.copyOf(exports);
        jobs = List.copyOf(jobs);
        nodes = List.copyOf(nodes);
        bitmaps = List.copyOf(bitmaps);
        partials = List.copyOf(partials);
    }

    /** What may be put away: of things with our prefix only those that the coordinator knows to be ours (invariant I6). */
    static Leftovers in(Desired desired, Look look) {
        return in(desired, look, desired.removable()::contains);
    }

    /** Everything that belongs to no pending operation, to be told: whose it is is the coordinator's to say. */
    static Leftovers unexplained(Desired desired, Look look) {
        return in(desired, look, name -> true);
    }

    private static Leftovers in(Desired desired, Look look, Predicate<String> permitted) {
        Optional<Operation> pending = desired.operation();
        Predicate<String> foreign = name -> QemuNames.isOurs(name) && !belongsTo(pending, name) && permitted.test(name);
        // No step leaves a canary to the next one, not even to a step of the same operation.
        Predicate<String> left = name -> foreign.test(name) || (QemuNames.isCanary(name) && belongsTo(pending, name));
        List<Verb> bitmaps = new ArrayList<>();
        for (ObservedDisk disk : look.observed().disks()) {
            String node = disk.facts().node();
            for (ObservedBitmap bitmap : disk.bitmaps()) {
                String name = bitmap.name().orElse("");
                if (name.startsWith(BitmapName.TEMPORARY_PREFIX) && foreign.test(name)) {
                    bitmaps.add(new Verb.RemoveBitmap(node, name));
                }
            }
            for (DesiredDisk wanted : desired.disks()) {
                if (wanted.disk().equals(disk.facts().name())) {
                    bitmaps.addAll(byDecision(wanted, disk));
                    break;
                }
            }
        }
        return new Leftovers(
                those(look.observed().exports(), left),
                those(look.observed().jobs(), job -> left.test(job.id())),
                those(look.observed().nodes(), node -> left.test(node) && !QemuNames.isCanaryBelowWindow(node)),
                // Nor a key.
                those(look.observed().secretNames(), secret -> foreign.test(secret) || belongsTo(pending, secret)),
                bitmaps,
                those(look.observed().partialBackups(), partial -> !isOf(pending, partial)));
    }

    private static boolean belongsTo(Optional<Operation> pending, String name) {
        return pending.isPresent() && QemuNames.belongsTo(name, pending.get().id());
    }

    /** Nearly always none: this is asked in every round of every pass. */
    private static <T> List<T> those(List<T> seen, Predicate<T> left) {
        return seen.isEmpty() ? seen : seen.stream().filter(left).toList();
    }

    /** How an operation's temporary bitmap is removed from every disk that has it. */
    static List<Verb> temporaryBitmaps(Look look, OperationId operation) {
        String temporary = BitmapName.temporary(operation);
        List<Verb> verbs = new ArrayList<>();
        for (ObservedDisk disk : look.observed().disks()) {
            if (Comparison.bitmap(disk, temporary).isPresent()) {
                verbs.add(new Verb.RemoveBitmap(disk.facts().node(), temporary));
            }
        }
        return verbs;
    }

    boolean isEmpty() {
        return exports.isEmpty()
                && jobs.isEmpty()
                && nodes.isEmpty()
                && secrets.isEmpty()
                && bitmaps.isEmpty()
                && partials.isEmpty();
    }

    List<String> describe() {
        List<String> words = new ArrayList<>();
        exports.forEach(name -> words.add("export " + name + " is left over"));
        jobs.forEach(job -> words.add("job " + job.id() + " is left over"));
        nodes.forEach(name -> words.add("node " + name + " is left over"));
        secrets.forEach(name -> words.add("secret object " + name + " is left over"));
        bitmaps.forEach(verb -> words.add("to be done: " + verb));
        partials.forEach(name -> words.add("partial backup " + name + " is left over"));
        return words;
    }

    private static List<Verb> byDecision(DesiredDisk wanted, ObservedDisk seen) {
        String node = seen.facts().node();
        Map<String, ObservedBitmap> bitmaps = Comparison.byName(seen);
        List<Verb> verbs = new ArrayList<>();
        for (BitmapName name : wanted.unwanted()) {
            // The look first: it holds few of them, and the chain is long.
            if (bitmaps.containsKey(name.value())
                    && wanted.chain().stream().noneMatch(bitmap -> bitmap.name().equals(name))) {
                verbs.add(new Verb.RemoveBitmap(node, name.value()));
            }
        }
        if (newestRecords(wanted, seen)) {
            for (DesiredBitmap bitmap : wanted.chain()) {
                ObservedBitmap present = bitmaps.get(bitmap.name().value());
                boolean extra = present != null && present.recording() && !present.inconsistent();
                if (!bitmap.recording() && extra) {
                    verbs.add(new Verb.DisableBitmap(node, bitmap.name().value()));
                }
            }
        }
        return verbs;
    }

    /** Two that record are a safe superset; none would be a hole. */
    private static boolean newestRecords(DesiredDisk wanted, ObservedDisk seen) {
        if (wanted.chain().isEmpty() || !wanted.chain().getLast().recording()) {
            return false;
        }
        return Comparison.bitmap(seen, wanted.chain().getLast().name().value())
                .filter(bitmap -> bitmap.recording() && bitmap.persistent() && !bitmap.inconsistent())
                .isPresent();
    }

    private static boolean isOf(Optional<Operation> pending, String partial) {
        return pending.isPresent()
                && pending.get() instanceof BackupOperation backup
                && partial.endsWith("/" + backup.backup());
    }
}
