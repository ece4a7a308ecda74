package dev.tidemark.gateway.watch;

import dev.tidemark.gateway.observe.DiskFile;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.ImageEvidence;
import dev.tidemark.schema.contract.ImageEvidence.Doubt;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of one machine, watched over the ends and starts of QEMU (hazard S8). It says of each disk since which run of
 * QEMU it can vouch that nobody else wrote to it; what it did not see itself it does not vouch for. It has to live as long
 * as the gateway does: a new one knows nothing of what was before it.
 *
 * <p>What happens to the files is counted before a look and judged after it: QEMU, which answered, still had them open then.
 */
public final class ImageWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ImageWatch.class);

    /** So many runs of QEMU are vouched for; more than can pass before one of them is told. */
    private static final int RUNS_MAX = 64;

    private static final Doubt NEW = new Doubt(
            false, "QEMU was restarted while no gateway watched the disk's image: nobody can tell who wrote to it");

    private final WatchedFile.Watcher watcher;
    private final Map<DiskName, Disk> disks = new HashMap<>();
    private String run = "";
    private String told = "";
    private long tellings;

    private record Disk(List<WatchedFile> files, List<String> untouchedSince, Optional<Doubt> doubt) {
        boolean isMadeOf(List<DiskFile> made) {
            for (int index = 0; index < files.size() && index < made.size(); index++) {
                if (!files.get(index).file().equals(made.get(index))) {
                    return false;
                }
            }
            return files.size() == made.size();
        }

        void close() {
            files.forEach(WatchedFile::close);
        }
    }

    /** Watches the files of one machine. */
    public ImageWatch(WatchedFile.Watcher watcher) {
        this.watcher = watcher;
    }

    /** To be called before QEMU is asked. */
    public synchronized void beforeLook() {
        disks.values().forEach(disk -> disk.files().forEach(WatchedFile::count));
    }

    /** The look, with what can be vouched for. */
    public synchronized Look vouched(Look look) {
        QemuFacts qemu = look.observed().qemu();
        if (qemu.instance().isEmpty()) {
            return look;
        }
        boolean restarted = !qemu.instance().get().equals(run);
        Optional<Long> process =
                qemu.processId().isPresent() ? Optional.of(qemu.processId().getAsLong()) : Optional.empty();
        Map<DiskName, Optional<Doubt>> doubts = new HashMap<>();
        for (ObservedDisk disk : look.observed().disks()) {
            DiskName name = disk.facts().name();
            doubts.put(name, doubt(name, filesOf(look, name), restarted, process));
        }
        if (restarted) {
            run = qemu.instance().get();
            told = run;
            tellings = 0;
        } else if (doubts.values().stream().anyMatch(Optional::isPresent)) {
            // The log compares what it knows with what is vouched for; with a new name it knows that this is new.
            tellings++;
            told = run + "+" + tellings;
        }
        forgetAllBut(doubts);
        List<ObservedDisk> observed = new ArrayList<>();
        for (ObservedDisk disk : look.observed().disks()) {
            DiskName name = disk.facts().name();
            Disk now = next(name, filesOf(look, name), doubts.getOrDefault(name, Optional.empty()), process);
            disks.put(name, now);
            observed.add(new ObservedDisk(
                    disk.facts(), disk.bitmaps(), Optional.of(new ImageEvidence(now.untouchedSince(), now.doubt()))));
        }
        return with(look, qemu.as(told), observed);
    }

    /** Whether anything speaks against the disk; nothing does if it was not known before and QEMU was not restarted. */
    private Optional<Doubt> doubt(DiskName name, List<DiskFile> made, boolean restarted, Optional<Long> process) {
        Disk known = disks.get(name);
        if (known == null) {
            return Optional.empty();
        }
        if (!known.isMadeOf(made)) {
            // What QEMU itself did to the layers is for others to judge, who know the disk's file and depth.
            return restarted
                    ? Optional.of(new Doubt(true, "the disk is made of other files than before QEMU was restarted"))
                    : Optional.empty();
        }
        for (WatchedFile file : known.files()) {
            Optional<Doubt> doubt = restarted ? file.doubtAboutRestart(process) : file.doubtAboutRun();
            if (doubt.isPresent()) {
                LOG.warn("{}: {}", name, doubt.get().detail());
                return doubt;
            }
        }
        return Optional.empty();
    }

    private Disk next(DiskName name, List<DiskFile> made, Optional<Doubt> doubt, Optional<Long> process) {
        Disk known = disks.get(name);
        if (known == null || doubt.isPresent()) {
            if (known != null) {
                known.close();
            }
            return new Disk(begin(made, process), List.of(told), Optional.of(doubt.orElse(NEW)));
        }
        List<String> runs = new ArrayList<>(known.untouchedSince());
        if (!runs.contains(told)) {
            runs.add(told);
        }
        List<String> last = runs.subList(Math.max(0, runs.size() - RUNS_MAX), runs.size());
        boolean same = known.isMadeOf(made);
        known.files().forEach(WatchedFile::settle);
        if (same && known.files().stream().allMatch(WatchedFile::isWatched)) {
            return new Disk(known.files(), last, known.doubt());
        }
        known.close();
        return new Disk(begin(made, process), last, known.doubt());
    }

    private List<WatchedFile> begin(List<DiskFile> made, Optional<Long> process) {
        return made.stream().map(file -> watcher.begin(file, process)).toList();
    }

    private void forgetAllBut(Map<DiskName, Optional<Doubt>> present) {
        disks.entrySet().removeIf(entry -> {
            boolean gone = !present.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    private static List<DiskFile> filesOf(Look look, DiskName name) {
        return look.files().getOrDefault(name, List.of());
    }

    private static Look with(Look look, QemuFacts qemu, List<ObservedDisk> disks) {
        Sight.Observed seen = look.observed();
        return new Look(
                new Sight.Observed(
                        qemu,
                        seen.runState(),
                        disks,
                        seen.jobs(),
                        seen.nodes(),
                        seen.exports(),
                        seen.partialBackups(),
                        seen.unaddressableDisks(),
                        seen.guestFrozen(),
                        seen.secrets(),
                        seen.peer()),
                look.files());
    }
}
