package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;

/** Everything is killed at once under many machines; all of them are reconciled soon after the processes run again. */
final class Everything {
    static final String NAME = "everything";
    private static final int MACHINES = 20;
    private static final long RECONCILED_MILLISECONDS_MAX = 10_000;

    private Everything() {}

    /** Gives what there is to tell. */
    static String run(Cast cast, long seed) throws Broken, IOException {
        List<DrillMachine> machines = new ArrayList<>();
        try {
            Play play = new Play(cast, seed);
            for (int index = 0; index < MACHINES; index++) {
                DrillMachine machine = DrillMachine.start(
                        "all" + index, cast.stage().directory(), cast.stage().programs(), new Random(seed + index));
                machines.add(machine);
                play.furnish(machine, 2);
            }
            SortedMap<Long, String> log = cast.log();
            Set<Victim> processes = EnumSet.complementOf(EnumSet.of(Victim.QEMU));
            List<Map<String, Set<String>>> lost = new ArrayList<>();
            for (DrillMachine machine : machines) {
                lost.add(machine.unbroken());
                machine.kill();
            }
            cast.kill(processes, machines.getFirst());
            long begin = System.nanoTime();
            for (DrillMachine machine : machines) {
                machine.startAgain();
            }
            cast.startAgain(processes, machines.getFirst());
            long started = Service.elapsed(begin);
            for (DrillMachine machine : machines) {
                new Judge(cast, machine).converged();
            }
            long reconciled = Service.elapsed(begin) - started;
            if (reconciled > RECONCILED_MILLISECONDS_MAX) {
                throw new Broken(Invariant.CONVERGED, MACHINES + " machines took " + reconciled + " ms");
            }
            for (int index = 0; index < MACHINES; index++) {
                Judge judge = new Judge(cast, machines.get(index));
                judge.logKept(log);
                judge.qemuAgrees();
                judge.nothingUnfinished();
                judge.nextBackupRight(lost.get(index));
                judge.backupsRestore();
            }
            return String.format(
                    Locale.ROOT,
                    "%d machines reconciled %.1f s after the processes ran again, which took %.1f s",
                    MACHINES,
                    reconciled / 1000.0,
                    started / 1000.0);
        } finally {
            for (DrillMachine machine : machines) {
                machine.close();
            }
        }
    }
}
