package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.coordinator.dashboard.Comparison;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.BitmapName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What QEMU should hold beside what it was seen to hold: each fact a line, and none left out for being right. */
final class ComparisonPicture {
    private final Machine machine;
    private final Optional<Sight.Observed> seen;

    private ComparisonPicture(Machine machine, Optional<Sight.Observed> seen) {
        this.machine = machine;
        this.seen = seen;
    }

    static Comparison of(Machine machine, Sight sight) {
        Optional<Sight.Observed> seen =
                sight instanceof Sight.Observed observed ? Optional.of(observed) : Optional.empty();
        return new ComparisonPicture(machine, seen).picture();
    }

    private Comparison picture() {
        List<Comparison.Side> sides = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (DesiredDisk disk : DesiredState.of(machine).map(Desired::disks).orElse(List.of())) {
            known.add(disk.disk().value());
            sides.add(new Comparison.Side(disk.disk().value(), lines(disk)));
        }
        seen.ifPresent(observed -> observed.disks().stream()
                .filter(disk -> !known.contains(disk.facts().name().value()))
                .forEach(disk -> sides.add(new Comparison.Side(
                        disk.facts().name().value(),
                        List.of(new Comparison.Line(
                                "disk",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(disk.facts().file()),
                                Comparison.Verdict.DIFFERS))))));
        return new Comparison(
                machine.version(),
                seen.isPresent(),
                machine.pending().map(pending -> pending.operation().value()),
                sides,
                others());
    }

    private List<Comparison.Line> lines(DesiredDisk disk) {
        Optional<ObservedDisk> observed = seen.flatMap(all -> all.disks().stream()
                .filter(one -> one.facts().name().equals(disk.disk()))
                .findFirst());
        List<Comparison.Line> lines = new ArrayList<>();
        lines.add(line(
                "file",
                Optional.of(disk.file()),
                observed.map(one -> one.facts().file())));
        lines.add(line(
                "virtual size",
                Optional.of(disk.virtualSize() + " bytes"),
                observed.map(one -> one.facts().virtualSize() + " bytes")));
        lines.add(line(
                "layers below",
                Optional.of(String.valueOf(disk.backingDepth())),
                observed.map(one -> String.valueOf(one.facts().backingDepth()))));
        Set<String> wanted = new HashSet<>();
        for (DesiredBitmap bitmap : disk.chain()) {
            wanted.add(bitmap.name().value());
            lines.add(bitmap(bitmap, observed));
        }
        Set<String> unwanted = new HashSet<>();
        disk.unwanted().forEach(name -> unwanted.add(name.value()));
        observed.ifPresent(one -> one.bitmaps().stream()
                .filter(bitmap -> bitmap.name().filter(wanted::contains).isEmpty())
                .forEach(bitmap -> lines.add(stranger(bitmap, unwanted))));
        return lines;
    }

    private Comparison.Line bitmap(DesiredBitmap bitmap, Optional<ObservedDisk> disk) {
        Optional<ObservedBitmap> found = disk.flatMap(one -> one.bitmaps().stream()
                .filter(other -> other.name().equals(Optional.of(bitmap.name().value())))
                .findFirst());
        String desired = words(bitmap.recording(), true, false, bitmap.granularity());
        return line(
                "bitmap",
                Optional.of(machine.nameOf(bitmap.name().checkpoint()) + " ("
                        + bitmap.name().value() + ")"),
                Optional.of(desired),
                found.map(ComparisonPicture::words));
    }

    private Comparison.Line stranger(ObservedBitmap bitmap, Set<String> unwanted) {
        String name = bitmap.name().orElse("(without a name: a job's own)");
        boolean ours =
                bitmap.name().filter(text -> text.startsWith(BitmapName.PREFIX)).isPresent();
        Optional<String> owner = owner(name);
        return new Comparison.Line(
                "bitmap",
                Optional.of(name),
                unwanted.contains(name) ? Optional.of("to be removed") : owner,
                Optional.of(words(bitmap)),
                owner.isPresent()
                        ? Comparison.Verdict.SAME
                        : ours ? Comparison.Verdict.DIFFERS : Comparison.Verdict.NOT_OURS);
    }

    private static String words(ObservedBitmap bitmap) {
        return words(bitmap.recording(), bitmap.persistent(), bitmap.inconsistent(), bitmap.granularity())
                + (bitmap.lostBits() ? ", has lost bits" : "");
    }

    private static String words(boolean recording, boolean persistent, boolean inconsistent, long granularity) {
        return (recording ? "records" : "does not record")
                + (persistent ? ", persistent" : ", not persistent")
                + (inconsistent ? ", inconsistent" : "")
                + ", granularity " + granularity;
    }

    /** What of ours is there beside bitmaps; the log wants some of it only while an operation is under way. */
    private List<Comparison.Line> others() {
        List<Comparison.Line> lines = new ArrayList<>();
        seen.ifPresent(observed -> {
            observed.jobs().forEach(job -> lines.add(other("job", job.id())));
            observed.nodes().forEach(node -> lines.add(other("node", node)));
            observed.exports().forEach(export -> lines.add(other("export", export)));
            observed.secretNames().forEach(secret -> lines.add(other("key object", secret)));
            observed.partialBackups().forEach(files -> lines.add(other("unfinished files", files)));
        });
        return lines;
    }

    private Comparison.Line other(String what, String name) {
        Optional<String> owner = owner(name);
        return new Comparison.Line(
                what,
                Optional.of(name),
                owner,
                Optional.of("is there"),
                owner.isPresent() ? Comparison.Verdict.SAME : Comparison.Verdict.DIFFERS);
    }

    /** What is under way and carries its id in the name, or that of its backup. */
    private Optional<String> owner(String name) {
        return Stream.concat(
                        machine.pending().filter(pending -> isOf(pending, name)).stream()
                                .map(Pending::operation),
                        machine.errands().stream()
                                .map(errand -> errand.operation().id())
                                .filter(operation -> name.contains(operation.value())))
                .map(operation -> "belongs to operation " + operation)
                .findFirst();
    }

    private static boolean isOf(Pending pending, String name) {
        return name.contains(pending.operation().value())
                || (pending instanceof Pending.Backup backup
                        && name.contains(backup.backup().value()));
    }

    private Comparison.Line line(String what, Optional<String> desired, Optional<String> observed) {
        return line(what, Optional.empty(), desired, observed);
    }

    private Comparison.Line line(
            String what, Optional<String> name, Optional<String> desired, Optional<String> observed) {
        Comparison.Verdict verdict = seen.isEmpty()
                ? Comparison.Verdict.NOT_SEEN
                : desired.equals(observed) ? Comparison.Verdict.SAME : Comparison.Verdict.DIFFERS;
        return new Comparison.Line(what, name, desired, observed, verdict);
    }
}
