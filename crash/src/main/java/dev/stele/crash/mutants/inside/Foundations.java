package dev.stele.crash.mutants.inside;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.format.Superblock;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// mkfs, growing by a group, closing, each with the power cut in it.
final class Foundations {
    private static final long SIZE_BYTES = 1 << 20;
    private static final long GROUP_BYTES = Geometry.at(Geometry.GROUP_BLOCKS);
    private static final long GARBAGE = 0xDEAD_B10C_DEAD_B10CL;

    private final long seed;

    Foundations(long seed) {
        this.seed = seed;
    }

    void add(List<Scenario> all) {
        all.add(Scenario.of("mkfs over garbage", (begins, isQuick) -> format(begins, isQuick, false)));
        all.add(Scenario.of("mkfs over a volume", (begins, isQuick) -> format(begins, isQuick, true)));
        all.add(Scenario.of("mkfs of two groups", (begins, isQuick) -> formatGroups(begins)));
        all.add(Scenario.of("a volume grows by a group", (begins, isQuick) -> grow(begins)));
        all.add(Scenario.of("a volume is closed", this::close));
    }

    private static FormatOptions options(String label) {
        return new FormatOptions(label, new UUID(7, label.length()), 1, 2, Play.JOURNAL_BLOCKS, 0, 0, 1);
    }

    private static Volume open(SimMedium medium) {
        return Volume.open(medium, new OpenOptions(false, () -> 1 << 20, false));
    }

    private static void requireClean(SimMedium medium) {
        Report report = Check.run(medium);
        if (!report.isClean()) {
            throw new IllegalStateException("the check finds " + report.obstacle() + report.findings());
        }
    }

    /// A volume with a name in it, or garbage in every line.
    private static void fill(SimMedium medium, boolean isVolume) {
        SplittableRandom random = new SplittableRandom(GARBAGE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment garbage = arena.allocate(SIZE_BYTES, 64);
            for (long at = 0; at < SIZE_BYTES; at += 8) {
                garbage.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            medium.metadata().put(0, garbage, 0, SIZE_BYTES);
        }
        if (isVolume) {
            Volume.format(medium, options("old"));
            Ground ground = new Ground(open(medium));
            for (int i = 0; i < 30; i++) {
                ground.create("old" + i);
            }
            ground.orphan("old1");
            ground.append("old2", 9000);
        }
        medium.settle();
    }

    /// What mkfs makes of a medium that was never used: everything it owns, the superblocks left out.
    private static MemorySegment fresh() throws Exception {
        return Switch.off(() -> {
            try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
                Volume.format(medium, options("new"));
                return MemorySegment.ofArray(owned(medium.durableBytes()).toArray(ValueLayout.JAVA_LONG));
            }
        });
    }

    /// From the first superblock to the block with the root directory.
    private static MemorySegment owned(MemorySegment bytes) {
        return bytes.asSlice(0, Geometry.at(Geometry.JOURNAL + Play.JOURNAL_BLOCKS + 1));
    }

    /// A new superblock is there only when all it stands for is; behind mkfs both are.
    private static void requireFormatted(MemorySegment image, MemorySegment fresh, boolean isDone) {
        boolean hasNew = isDone;
        for (long block : new long[] {Geometry.SUPERBLOCK, Geometry.SUPERBLOCK_COPY}) {
            long at = Geometry.at(block);
            hasNew |= image.asSlice(at, Superblock.BYTES).mismatch(fresh.asSlice(at, Superblock.BYTES)) < 0;
        }
        long from = isDone ? 0 : Geometry.at(Geometry.CHECKPOINT_HEADER);
        long differs = image.asSlice(from, fresh.byteSize() - from).mismatch(fresh.asSlice(from));
        if (hasNew && differs >= 0) {
            throw new IllegalStateException("byte " + (from + differs) + " is not as on a medium that was never used");
        }
    }

    private String format(Runnable begins, boolean isQuick, boolean overVolume) throws Exception {
        boolean[] isDone = new boolean[1];
        MemorySegment fresh = fresh();
        Snapshot[] old = new Snapshot[1];
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Switch.off(() -> {
                fill(medium, overVolume);
                old[0] = overVolume ? Snapshot.of(open(medium)) : null;
                medium.settle();
                return null;
            });
            begins.run();
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(seed).verbsOnly()
                    .exhaustiveTo(isQuick ? 2 : 64).samples(isQuick ? 0 : 40).alone(isQuick ? 0 : 40)
                    .check(image -> openFormatted(image, isDone[0], fresh), (volume, image, point) -> {
                        if (volume != null) {
                            requireWhole(volume, image, old[0]);
                        }
                    })) {
                Volume.format(medium, options("new"));
                isDone[0] = true;
                cuts.at("mkfs returned");
                if (medium.undurableLineCount() > 0) {
                    return medium.undurableLineCount() + " lines are not durable behind mkfs";
                }
            }
        }
        return null;
    }

    /// @return null for what is no volume, as it may be until mkfs is done
    private static Volume openFormatted(SimMedium image, boolean isDone, MemorySegment fresh) {
        requireFormatted(image.metadata().segment(), fresh, isDone);
        try {
            return open(image);
        } catch (VolumeException none) {
            if (isDone) {
                throw none;
            }
            return null;
        }
    }

    /// What can be opened is the new volume, whole; or the old one, of which not a line is gone.
    private static void requireWhole(Volume volume, SimMedium image, Snapshot old) {
        if (old != null && volume.label().equals("old")) {
            requireClean(image);
            if (!Snapshot.of(volume).equalsAll(old)) {
                throw new IllegalStateException("the old volume is there, and " + Snapshot.of(volume).differs(old));
            }
            return;
        }
        if (volume.label().equals("new")) {
            if (!Snapshot.of(volume).isEmpty()) {
                throw new IllegalStateException("a new volume with files in it");
            }
            requireClean(image);
            Ground ground = new Ground(volume);
            for (int i = 0; i < 20; i++) {
                ground.create("new" + i);
                ground.append("new" + i, 5000);
            }
            requireClean(image);
        }
    }

    /// The bitmaps of the second group hold garbage before.
    private String formatGroups(Runnable begins) {
        try (SimMedium medium = SimMedium.create(GROUP_BYTES + (64 << 10))) {
            for (long at = GROUP_BYTES; at < GROUP_BYTES + 2L * Geometry.BLOCK_BYTES; at += 8) {
                medium.metadata().putLong(at, GARBAGE);
            }
            medium.settle();
            begins.run();
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(seed).verbsOnly().exhaustiveTo(4).samples(8)
                    .alone(80).check(Foundations::openOrNone, (volume, image, point) -> {
                        if (volume != null) {
                            requireClean(image);
                        }
                    })) {
                Volume.format(medium, options("two"));
                cuts.at("mkfs returned");
            }
            requireClean(medium);
            return medium.undurableLineCount() == 0 ? null : "lines are not durable behind mkfs";
        }
    }

    private static Volume openOrNone(SimMedium image) {
        try {
            return open(image);
        } catch (VolumeException none) {
            return null;
        }
    }

    /// The medium was larger all the time, and holds garbage where the volume ended.
    private String grow(Runnable begins) {
        try (SimMedium medium = SimMedium.create(GROUP_BYTES)) {
            Volume.format(medium, options("small"));
            medium.settle();
            Ground ground = new Ground(open(medium));
            medium.grow(GROUP_BYTES + (64 << 10));
            for (long at = GROUP_BYTES; at < GROUP_BYTES + (64 << 10); at += 8) {
                medium.metadata().putLong(at, GARBAGE);
            }
            medium.settle();
            begins.run();
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(seed).verbsOnly().exhaustiveTo(4).samples(4)
                    .alone(4).check(Foundations::open, (volume, image, point) -> {
                        requireClean(image);
                        new Ground(volume).create("usable");
                        requireClean(image);
                    })) {
                ground.volume.grow(GROUP_BYTES + (64 << 10));
                cuts.at("grow returned");
            }
            requireClean(medium);
            return medium.unflushedLines().length == 0 ? null : "lines are left that nobody flushed";
        }
    }

    /// The log is emptied by what is durable only.
    private String close(Runnable begins, boolean isQuick) throws InterruptedException {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, options("closed"));
            medium.settle();
            Ground ground = new Ground(open(medium));
            // By a thread that flushed its words and did not wait for them: who closes must.
            Thread other = Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < 12; i++) {
                    ground.create("c" + i);
                }
            });
            other.join();
            Snapshot before = Snapshot.of(ground.volume);
            begins.run();
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(medium).seed(seed).verbsOnly()
                    .exhaustiveTo(isQuick ? 2 : 256).samples(isQuick ? 0 : 30)
                    .check(Foundations::open, (volume, image, point) -> {
                        requireClean(image);
                        if (!Snapshot.of(volume).equalsAll(before)) {
                            throw new IllegalStateException(Snapshot.of(volume).differs(before));
                        }
                    })) {
                assert cuts != null;
                ground.volume.close();
            }
        }
        return null;
    }
}
