package dev.stele.crash.mutants.inside;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// Damaged volumes are repaired, with the power cut meanwhile: whatever a repair began, another one finishes.
final class Repairs {
    private static final long SIZE_BYTES = 1 << 20;
    private static final int RANDOM_DAMAGES = 90;

    private final long seed;
    /// of a volume that was not closed, so that its log is not empty
    private MemorySegment whole;

    Repairs(long seed) {
        this.seed = seed;
    }

    void add(List<Scenario> all) {
        for (int i = 0; i < RANDOM_DAMAGES; i++) {
            int number = i;
            all.add(Scenario.of("repair of damage " + i, (begins, isQuick) -> repair(number, begins, isQuick)));
        }
    }

    private MemorySegment whole() {
        if (whole == null) {
            try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
                Volume.format(medium, new FormatOptions("damaged", new UUID(7, 9), 1, 2, Play.JOURNAL_BLOCKS, 0, 0, 1));
                fill(new Ground(Volume.open(medium, options())));
                MemorySegment bytes = Arena.ofAuto().allocate(SIZE_BYTES, 4096);
                bytes.copyFrom(medium.metadata().segment());
                whole = bytes;
            }
        }
        return whole;
    }

    private static OpenOptions options() {
        return new OpenOptions(false, () -> 1 << 20, false);
    }

    private static void fill(Ground ground) {
        Volume volume = ground.volume;
        long directory = volume.mkdir(volume.root(), Name.of("directory"), 0755, 1, 2);
        for (int i = 0; i < 30; i++) {
            volume.create(directory, Name.of("name-" + "x".repeat(100) + i), 0644, 1, 2);
        }
        ground.create("scattered");
        for (int i = 0; i < 14; i++) {
            ground.write("scattered", i * 8192L, 4096, Volume.Durability.DEFERRED);
        }
        ground.create("plain");
        ground.append("plain", 9000);
        ground.create("inline");
        ground.append("inline", 60);
        volume.setXattr(ground.inode("plain"), Name.of("user.a"), new byte[5000], Volume.XattrMode.SET);
        volume.symlink(volume.root(), Name.of("long link"), "t".repeat(500).getBytes(), 1, 2);
        ground.create("gone");
        ground.append("gone", 5000);
        ground.orphan("gone");
        ground.append("plain", 77);
    }

    /// Words of structures become zero, ones, another, or lose a bit.
    private void damage(MemorySegment bytes, int number) {
        SplittableRandom random = new SplittableRandom(seed * 1009 + number);
        int words = 1 + random.nextInt(4);
        for (int i = 0; i < words; i++) {
            long block = block(number, random);
            long at = Geometry.at(block) + 8L * random.nextInt(random.nextBoolean() ? 8 : 512);
            long word = (long) Layouts.WORD.get(bytes, at);
            long damaged = switch (random.nextInt(4)) {
                case 0 -> 0L;
                case 1 -> -1L;
                case 2 -> random.nextLong();
                default -> word ^ 1L << random.nextInt(64);
            };
            Layouts.WORD.set(bytes, at, damaged);
        }
    }

    private static long block(int number, SplittableRandom random) {
        return switch (number % 6) {
            case 0 -> random.nextInt(2);
            case 1 -> Geometry.FIRST_ORPHAN_BLOCK;
            case 2 -> Geometry.FIRST_BITMAP + random.nextInt(2);
            case 3 -> Geometry.JOURNAL + random.nextInt(3);
            default -> Geometry.JOURNAL + Play.JOURNAL_BLOCKS + random.nextInt(40);
        };
    }

    private String repair(int number, Runnable begins, boolean isQuick) {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            MemorySegment bytes = Arena.ofAuto().allocate(SIZE_BYTES, 4096);
            bytes.copyFrom(whole());
            damage(bytes, number);
            medium.restore(bytes);
            begins.run();
            try (PowerCuts<Report> cuts = PowerCuts.<Report>of(medium).seed(seed).verbsOnly()
                    .exhaustiveTo(isQuick ? 1 : 8).samples(isQuick ? 0 : 6).alone(isQuick ? 0 : 6)
                    .check(Check::repair, (report, image, point) -> requireMended(report, image))) {
                Report report = Check.repair(medium);
                if (report.obstacle().isEmpty() && medium.unflushedLines().length > 0) {
                    return medium.unflushedLines().length + " lines were never flushed by a repair";
                }
                cuts.at("repair returned");
                cuts.pause(() -> requireMended(report, medium));
            }
        }
        return null;
    }

    /// What cannot be repaired says so.
    private static void requireMended(Report report, SimMedium medium) {
        if (!report.obstacle().isEmpty()) {
            return;
        }
        Report again = Check.run(medium);
        if (!report.isClean() || !again.isClean()) {
            throw new IllegalStateException("a repaired volume has " + again.obstacle() + again.findings());
        }
        try {
            Snapshot.of(Volume.open(medium, options()));
        } catch (RuntimeException damaged) {
            throw new IllegalStateException("a repaired volume cannot be used: " + damaged, damaged);
        }
    }
}
