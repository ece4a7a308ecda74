package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.DISABLED;
import static dev.tidemark.coordinator.modelcheck.World.NAMED;
import static dev.tidemark.coordinator.modelcheck.World.NOTHING;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;
import static dev.tidemark.coordinator.modelcheck.World.SPOILT;

/** The steps of everybody else: guest, jobs, QEMU's end and start, power, strangers. */
final class Environment {
    private final Layout layout;
    private final Scope scope;
    private final Qemu qemu;
    private final World next;

    Environment(Layout layout, Qemu qemu) {
        this.layout = layout;
        this.scope = layout.scope;
        this.qemu = qemu;
        this.next = new World(layout);
    }

    private World copy(World w) {
        next.copyFrom(w);
        return next;
    }

    private World faulty(World w) {
        next.copyFrom(w);
        next.v[layout.faults]++;
        return next;
    }

    void from(World w, Steps.Sink sink) {
        boolean fault = w.v[layout.faults] < scope.faultsMax();
        if (w.v[layout.up] == 1) {
            guest(w, sink);
            jobs(w, fault, sink);
        } else {
            World n = copy(w);
            qemu.start(n);
            sink.next(Action.QEMU_STARTS, 0, 0, n);
        }
        if (fault) {
            ends(w, sink);
            images(w, sink);
            strangers(w, sink);
        }
        if (scope.has(Fault.RESIZE) && w.v[layout.up] == 1) {
            growBack(w, sink);
        }
    }

    private void guest(World w, Steps.Sink sink) {
        for (int disk = 0; disk < w.disks; disk++) {
            for (int granule = 0; granule < layout.granules; granule++) {
                boolean cutOff = w.v[layout.size + disk] == 1 && granule == layout.granules - 1;
                if (!cutOff) {
                    World n = copy(w);
                    qemu.write(n, disk, granule);
                    sink.next(Action.GUEST_WRITES, disk, granule, n);
                }
            }
        }
    }

    private void jobs(World w, boolean fault, Steps.Sink sink) {
        for (int disk = 0; disk < w.disks; disk++) {
            for (int b = 0; b < w.checkpoints; b++) {
                if (w.job(disk, b) == RUNNING) {
                    World n = copy(w);
                    qemu.end(n, disk, b, true);
                    sink.next(Action.JOB_ENDS_WELL, disk, b, n);
                    if (fault && scope.has(Fault.JOB_ERROR)) {
                        n = faulty(w);
                        qemu.end(n, disk, b, false);
                        sink.next(Action.JOB_FAILS, disk, b, n);
                    }
                }
            }
        }
    }

    private void ends(World w, Steps.Sink sink) {
        boolean up = w.v[layout.up] == 1;
        if (up && scope.has(Fault.QEMU_CRASH)) {
            World n = faulty(w);
            qemu.crash(n);
            sink.next(Action.QEMU_CRASHES, 0, 0, n);
        }
        if (up && scope.has(Fault.QEMU_RESTART)) {
            World n = faulty(w);
            qemu.quit(n);
            sink.next(Action.QEMU_QUITS, 0, 0, n);
        }
        if (scope.has(Fault.POWER_CUT)) {
            for (int kept = 0; kept <= 1; kept++) {
                World n = faulty(w);
                qemu.powerCut(n, kept == 1);
                for (int g = 0; g < scope.gateways(); g++) {
                    java.util.Arrays.fill(n.v, layout.gateway(g), layout.gateway(g) + layout.gatewayLength(), 0);
                    n.hold(g);
                }
                sink.next(Action.POWER_CUT, kept, 0, n);
            }
        }
        if (scope.has(Fault.BASE_LOST)) {
            for (int b = 0; b < w.checkpoints; b++) {
                if (w.v[layout.phase + b] == NAMED && w.is(layout.completed, b)) {
                    World n = faulty(w);
                    n.v[layout.phase + b] = NOTHING;
                    sink.next(Action.BASE_VANISHES, b, 0, n);
                }
            }
        }
    }

    private void images(World w, Steps.Sink sink) {
        for (int disk = 0; disk < w.disks && w.v[layout.up] == 0 && scope.has(Fault.IMAGE_WRITTEN); disk++) {
            for (int granule = 0; granule < layout.granules; granule++) {
                World n = faulty(w);
                qemu.writeBehind(n, disk, granule);
                sink.next(Action.IMAGE_WRITTEN, disk, granule, n);
            }
        }
        if (!scope.has(Fault.ROLLBACK) || w.v[layout.up] == 1) {
            return;
        }
        if (w.v[layout.copied] == 0) {
            World n = copy(w);
            qemu.copyImages(n);
            sink.next(Action.IMAGES_COPIED, 0, 0, n);
        } else {
            World n = faulty(w);
            qemu.rollBack(n);
            sink.next(Action.IMAGES_ROLLED_BACK, 0, 0, n);
        }
    }

    private void growBack(World w, Steps.Sink sink) {
        for (int disk = 0; disk < w.disks; disk++) {
            boolean looked = w.v[layout.knownSize + disk] == 1 || scope.has(Fault.UNSEEN_RESIZE);
            if (w.v[layout.size + disk] == 1 && looked) {
                World n = copy(w);
                n.v[layout.size + disk] = 0;
                sink.next(Action.GROW, disk, 0, n);
            }
        }
    }

    private void strangers(World w, Steps.Sink sink) {
        if (w.v[layout.up] == 0) {
            return;
        }
        for (int disk = 0; disk < w.disks; disk++) {
            boolean told = w.v[layout.knownSize + disk] == 0;
            if (scope.has(Fault.RESIZE) && w.v[layout.size + disk] == 0 && told) {
                World n = faulty(w);
                qemu.shrink(n, disk);
                sink.next(Action.SHRINK, disk, 0, n);
            }
            if (scope.has(Fault.OVERLAY) && w.v[layout.depth + disk] == 0) {
                World n = faulty(w);
                qemu.overlay(n, disk);
                sink.next(Action.OVERLAY, disk, 0, n);
            }
            boolean may = scope.has(Fault.STRANGER) && (scope.has(Fault.IN_THE_WINDOW) || !isInTheWindow(w));
            for (int c = 0; may && c < w.checkpoints; c++) {
                if (w.onTop(disk, c)) {
                    stranger(w, disk, c, sink);
                }
            }
        }
    }

    /** A look was taken and what it leads to has not arrived. */
    private boolean isInTheWindow(World w) {
        boolean window = w.v[layout.flight] != World.IDLE;
        for (int g = 0; g < scope.gateways(); g++) {
            window |= w.v[layout.gateway(g) + Layout.STEP] != Gateway.AT_REST;
        }
        return window;
    }

    private void stranger(World w, int disk, int c, Steps.Sink sink) {
        World n = faulty(w);
        qemu.remove(n, disk, c);
        sink.next(Action.STRANGER_REMOVES, disk, c, n);
        if (w.bitmap(disk, c) == RECORDING) {
            n = faulty(w);
            n.v[layout.bitmap + w.pair(disk, c)] = DISABLED;
            sink.next(Action.STRANGER_DISABLES, disk, c, n);
        }
        if (w.bitmap(disk, c) != ABSENT && w.bits(disk, c) != 0) {
            n = faulty(w);
            // Its count falls, which a look tells as inconsistent.
            n.v[layout.bitmap + w.pair(disk, c)] = SPOILT;
            n.v[layout.bits + w.pair(disk, c)] = 0;
            sink.next(Action.STRANGER_REMAKES, disk, c, n);
        }
    }
}
