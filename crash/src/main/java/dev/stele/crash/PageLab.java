package dev.stele.crash;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.SimulatedDisk;
import dev.stele.medium.sim.DiskCuts;
import dev.stele.medium.sim.PowerCutFailure;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Runs workloads on image files, each followed by a sync of everything: first whole, beside the reference, to see what
/// it should be after each step, then with the power cut at every effect on the disk of its last operation and of that
/// sync. What comes up must be what the last checkpoint kept, or the one in progress ([PageStates]).
final class PageLab implements AutoCloseable {
    static final int USE_EVERY = 40;
    private static final long CAPACITY_BYTES = 6L << 20;
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final Start.Image start;
    private final SimulatedDisk disk;
    private final DiskCuts<Volume> cuts;
    private final TreeDigest digest = new TreeDigest();
    private final MemorySegment content = Arena.ofAuto().allocate(MAX_FILE_BYTES, 64);
    private final Usage usage;
    private final List<Unit> units = new ArrayList<>();
    private final List<Moment> moments = new ArrayList<>();
    private PageStates allowed;
    /// Syncs of the disk, in the sync behind a workload, that take place before one is forgotten; negative for all.
    private long forgets = -1;
    private long judged;

    /// A part of a workload that runs without a cut or, where it has a name, with.
    private static final class Unit {
        private final String name;
        private final Step.Action action;
        /// Moments that a checkpoint may have kept while it runs, and when it has returned.
        private long during;
        private long after;

        private Unit(String name, Step.Action action) {
            this.name = name;
            this.action = action;
        }
    }

    /// @param replay the one cut to try, null for all
    PageLab(Start.Image start, long seed, int sectorBytes, int nestedEvery, String replay) {
        this.start = start;
        this.disk = new SimulatedDisk(CAPACITY_BYTES, sectorBytes);
        this.usage = new Usage(-1);
        this.cuts = new DiskCuts<>(disk, CAPACITY_BYTES, sectorBytes, Recoveries::open, (volume, image, point) ->
                judge(volume, image)).seed(seed).exhaustiveTo(32).alone(3).samples(8).nested(nestedEvery)
                .pruned(() -> allowed.id());
        if (replay != null) {
            cuts.replay(replay);
        }
    }

    /// Has one sync of the disk be forgotten in the sync behind each workload, to see whether that is found.
    void forgetSync(long done) {
        forgets = done;
    }

    PowerCuts.Coverage coverage() {
        return cuts.coverage();
    }

    /// @param code of the workload, for [PageCampaign#replay]
    /// @return what is wrong, null where nothing is
    Violation run(Workload workload, String code) {
        String name = workload + ", sync, on an image file";
        try {
            cuts.pause(() -> rehearse(workload));
            cut();
            return null;
        } catch (PowerCutFailure found) {
            return new Violation(name, found.getMessage(), code + "@" + found.code());
        } catch (RuntimeException | AssertionError failed) {
            return new Violation(name, failed.toString(), code + "@");
        }
    }

    private void plan(Workload workload) {
        units.clear();
        for (int i = 0; i < workload.operations().size(); i++) {
            Operation operation = workload.operations().get(i);
            boolean isLast = i == workload.operations().size() - 1;
            units.add(new Unit(null, operation.prepare()));
            operation.steps().forEach(step -> units.add(new Unit(isLast ? step.name() : null, step.action())));
        }
        units.add(new Unit("sync of everything", Stage::sync));
    }

    private void rehearse(Workload workload) {
        plan(workload);
        disk.load(start.bytes(), start.bytes().byteSize());
        moments.clear();
        Stage stage = new Stage(disk.open(), start.tree().copy());
        try {
            moments.add(Moment.of(stage));
            long kept = 1;
            for (Unit each : units) {
                long syncs = disk.syncCount();
                int promises = stage.promises;
                attempt(each.action, stage);
                if (each.name == null && disk.syncCount() > syncs) {
                    stage.sync();
                }
                boolean isSynced = disk.syncCount() > syncs;
                long both = 3L << moments.size() - 1;
                moments.add(Moment.of(stage));
                stage.compare();
                each.during = isSynced ? kept | both : kept;
                // What was promised, and everything where nothing waits for a checkpoint, is there exactly.
                boolean isKept = stage.promises > promises || isSynced && stage.medium.dirtyPageCount() == 0;
                kept = isKept ? 1L << moments.size() - 1 : each.during;
                each.after = kept;
            }
        } finally {
            close(stage);
        }
    }

    private void cut() {
        Stage[] stage = new Stage[1];
        cuts.pause(() -> {
            disk.load(start.bytes(), start.bytes().byteSize());
            stage[0] = new Stage(disk.open(), start.tree().copy());
        });
        try {
            cuts.restart();
            for (int i = 0; i < units.size(); i++) {
                Unit unit = units.get(i);
                List<Moment> known = List.copyOf(moments.subList(0, i + 2));
                if (unit.name == null) {
                    cuts.pause(() -> again(unit, stage[0]));
                } else {
                    if (i + 1 == units.size()) {
                        disk.forgetSync(forgets);
                    }
                    allowed = new PageStates(unit.name + ", running", unit.during, known);
                    attempt(unit.action, stage[0]);
                    allowed = new PageStates(unit.name + ", returned", unit.after, known);
                    cuts.at(unit.name + " returned");
                }
            }
        } finally {
            disk.forgetSync(-1);
            cuts.pause(() -> close(stage[0]));
        }
    }

    private void again(Unit unit, Stage stage) {
        long syncs = disk.syncCount();
        attempt(unit.action, stage);
        if (disk.syncCount() > syncs) {
            stage.sync();
        }
    }

    private static void attempt(Step.Action action, Stage stage) {
        try {
            action.on(stage);
        } catch (VolumeException refused) {
            if (refused.errno() == Errno.EIO || refused.errno() == Errno.EUCLEAN) {
                throw refused;
            }
        }
    }

    private static void close(Stage stage) {
        stage.close();
        stage.medium.close();
    }

    private void judge(Volume volume, Medium image) {
        digest.take(volume, allowed.loose());
        allowed.requireKept(digest);
        for (long inode : allowed.loose()) {
            long size = Math.min(digest.sizeOf(inode), MAX_FILE_BYTES);
            if (size >= 0) {
                long count = volume.read(inode, 0, content, 0, size);
                allowed.requireWords(inode, content.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        Judge.check(volume, image);
        if (judged++ % USE_EVERY == 0) {
            usage.use(volume, image);
        }
    }

    @Override
    public void close() {
        cuts.close();
        disk.close();
    }
}
