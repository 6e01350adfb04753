package dev.stele.crash.mutants.inside;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.FormatOptions;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/// Damaged volumes are repaired, with the power cut meanwhile: whatever a repair began, another one finishes.
final class Repairs {
    private static final long SIZE_BYTES = 1 << 20;
    private static final int RANDOM_DAMAGES = 60;
    /// Directories that a repair may have made before it was cut, and another makes again.
    private static final int MADE_AGAIN = 2;

    private final long seed;
    private final List<Wounds.Named> wounds = Wounds.all();
    /// bytes that are durable; empty until somebody asks
    private final Map<Wounds.Start, MemorySegment> starts = new EnumMap<>(Wounds.Start.class);
    private final Map<String, Long> numbers = new HashMap<>();
    /// what the repair of each damage leaves when nothing is changed; null until it is asked for
    private final Mended[] mended = new Mended[wounds.size() + RANDOM_DAMAGES];

    /// @param obstacle to the repair, empty where there was none
    /// @param volume null where there was one
    private record Mended(String obstacle, Snapshot volume, Tails tails, long freeBlocks, long usedInodes) {
    }

    Repairs(long seed) {
        this.seed = seed;
    }

    void add(List<Scenario> all) {
        for (int i = 0; i < mended.length; i++) {
            int number = i;
            String name = i < wounds.size() ? wounds.get(i).name() : "damage " + (i - wounds.size());
            all.add(Scenario.of("repair: " + name, (begins, isQuick) -> repair(number, begins, isQuick)));
        }
    }

    /// Made once, with no mutant on.
    private void make() throws Exception {
        for (Wounds.Start each : Wounds.Start.values()) {
            if (!starts.containsKey(each)) {
                starts.put(each, Switch.off(() -> bytes(each)));
            }
        }
    }

    private MemorySegment bytes(Wounds.Start start) {
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            Volume.format(medium, new FormatOptions("damaged", new UUID(7, 9), 1, 2, Play.JOURNAL_BLOCKS, 0, 0, 1));
            Ground ground = new Ground(Volume.open(medium, options()));
            fill(ground);
            medium.settle();
            switch (start) {
                case OPEN -> change(ground);
                case CLOSED -> reopen(medium);
                case LAST_LINE -> appendAtEnd(reopen(medium), medium);
            }
            MemorySegment bytes = Arena.ofAuto().allocate(SIZE_BYTES, 4096);
            bytes.copyFrom(medium.durableBytes());
            soil(bytes);
            return bytes;
        }
    }

    private static Ground reopen(SimMedium medium) {
        Volume volume = Volume.open(medium, options());
        medium.settle();
        return new Ground(volume);
    }

    private static void appendAtEnd(Ground ground, SimMedium medium) {
        String name = "end";
        for (ground.create(name); Inode.slotOf(ground.inode(name)) != Inode.PER_BLOCK - 1; ground.create(name)) {
            name += "+";
        }
        medium.settle();
        ground.append(name, 128);
    }

    /// Whatever is free holds garbage.
    private static void soil(MemorySegment bytes) {
        for (long block = Geometry.JOURNAL + Play.JOURNAL_BLOCKS; block < Geometry.blockOf(SIZE_BYTES); block++) {
            long word = (long) Layouts.WORD.get(bytes, Geometry.blockBitmapAt(0) + (block >>> 6) * 8);
            if ((word >>> (block & 63) & 1) == 0) {
                bytes.asSlice(Geometry.at(block), Geometry.BLOCK_BYTES).fill((byte) 0x5A);
            }
        }
    }

    private static OpenOptions options() {
        return new OpenOptions(false, () -> 1 << 20, false);
    }

    private void fill(Ground ground) {
        Volume volume = ground.volume;
        long directory = volume.mkdir(volume.root(), Name.of("directory"), 0755, 1, 2);
        for (int i = 0; i < 30; i++) {
            volume.create(directory, Name.of("name-" + "x".repeat(100) + i), 0644, 1, 2);
        }
        ground.create("plain");
        ground.append("plain", 9000);
        ground.create("scattered");
        for (int i = 0; i < 14; i++) {
            ground.write("scattered", i * 8192L, 4096, Volume.Durability.DEFERRED);
        }
        ground.create("inline");
        ground.append("inline", 60);
        ground.create("empty");
        ground.create("cut");
        ground.append("cut", 8192);
        volume.setXattr(ground.inode("plain"), Name.of("user.a"), new byte[5000], Volume.XattrMode.SET);
        volume.symlink(volume.root(), Name.of("long link"), "t".repeat(500).getBytes(), 1, 2);
        ground.create("gone");
        ground.append("gone", 5000);
        ground.orphan("gone");
        ground.create("deleted");
        ground.append("deleted", 60);
        numbers.put("deleted", ground.inode("deleted"));
        ground.unlink("deleted");
        ground.create("last");
        ground.append("plain", 77);
        for (String each : List.of("directory", "plain", "scattered", "inline", "empty", "long link", "last")) {
            numbers.put(each, ground.inode(each));
        }
        numbers.put("/", volume.root());
        volume.sync();
    }

    /// Records that have not reached their places yet, one of them of a file whose last block was not cleared.
    private static void change(Ground ground) {
        for (int i = 0; i < Inode.PER_BLOCK; i++) {
            ground.create("in" + i);
            ground.append("in" + i, 128);
        }
        ground.create("logged");
        ground.append("logged", 3000);
        ground.volume.mkdir(ground.volume.root(), Name.of("logged directory"), 0755, 1, 2);
        ground.rename("last", "renamed");
        ground.volume.truncate(ground.inode("cut"), 5001);
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

    private void damaged(SimMedium medium, int number) {
        MemorySegment bytes = Arena.ofAuto().allocate(SIZE_BYTES, 4096);
        if (number >= wounds.size()) {
            int random = number - wounds.size();
            bytes.copyFrom(starts.get(random % 2 == 0 ? Wounds.Start.OPEN : Wounds.Start.CLOSED));
            damage(bytes, random);
            medium.restore(bytes);
            return;
        }
        Wounds.Named wound = wounds.get(number);
        bytes.copyFrom(starts.get(wound.start()));
        wound.wound().to(bytes, numbers);
        medium.restore(bytes);
        if (wound.poison() != null) {
            medium.poison(wound.poison().at(bytes, numbers), 64);
        }
    }

    private Mended expected(int number) throws Exception {
        if (mended[number] == null) {
            mended[number] = Switch.off(() -> {
                try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
                    damaged(medium, number);
                    return look(Check.repair(medium), medium);
                }
            });
        }
        return mended[number];
    }

    private static Mended look(Report report, SimMedium medium) {
        if (!report.obstacle().isEmpty()) {
            return new Mended(report.obstacle(), null, null, 0, 0);
        }
        Volume volume = Volume.open(medium, options());
        return new Mended("", Snapshot.of(volume), Tails.of(volume, medium.metadata().segment()),
                volume.statistics().freeBlocks(), volume.statistics().usedInodes());
    }

    private String repair(int number, Runnable begins, boolean isQuick) throws Exception {
        make();
        Mended expected = expected(number);
        boolean[] isDone = new boolean[1];
        try (SimMedium medium = SimMedium.create(SIZE_BYTES)) {
            damaged(medium, number);
            begins.run();
            try (PowerCuts<Report> cuts = PowerCuts.<Report>of(medium).seed(seed).verbsOnly()
                    .exhaustiveTo(isQuick ? 1 : 8).samples(isQuick ? 0 : 6).alone(isQuick ? 0 : 6)
                    .check(image -> Switch.off(() -> isDone[0] ? Check.run(image) : Check.repair(image)),
                            (report, image, point) -> Switch.off(() -> requireMended(report, image,
                                    isDone[0] || isKnown(number) ? expected : null,
                                    isDone[0] || isMendedAlike(number))))) {
                Report report = Check.repair(medium);
                isDone[0] = true;
                cuts.at("repair returned");
                cuts.pause(() -> requireDurable(report, medium, expected));
                cuts.pause(() -> requireMended(report, medium, expected, true));
            }
        }
        return null;
    }

    /// Whether it is known what a repair that is cut must leave: not of what came by chance, nor where what could not
    /// be read can be in an image.
    private boolean isKnown(int number) {
        return number < wounds.size() && wounds.get(number).poison() == null;
    }

    /// Whether a repair that was cut is finished by another as it would have been.
    private boolean isMendedAlike(int number) {
        return number < wounds.size() && wounds.get(number).isAlike();
    }

    /// Behind a repair that returned nothing is left that a power cut could take.
    private static void requireDurable(Report report, SimMedium medium, Mended expected) {
        if (!report.obstacle().equals(expected.obstacle)) {
            throw new IllegalStateException("a repair found " + report.obstacle() + ", not " + expected.obstacle);
        }
        if (report.obstacle().isEmpty() && medium.undurableLineCount() > 0) {
            throw new IllegalStateException(medium.undurableLineCount() + " lines are not durable behind a repair");
        }
    }

    /// What cannot be repaired says so.
    ///
    /// @param expected null where a repair of damage that came by chance was cut: what it had begun another may finish
    ///     differently
    /// @param isExact whether also what has lost its name must be found in the same place
    private static Object requireMended(Report report, SimMedium medium, Mended expected, boolean isExact) {
        if (!report.obstacle().isEmpty()) {
            if (expected != null && expected.obstacle.isEmpty()) {
                throw new IllegalStateException("a repair says " + report.obstacle());
            }
            return null;
        }
        Report again = Check.run(medium);
        if (!report.isClean() || !again.isClean()) {
            throw new IllegalStateException("a repaired volume has " + again.obstacle() + again.findings());
        }
        Mended found = look(report, medium);
        if (expected != null) {
            requireAlike(found, expected, isExact);
        }
        return null;
    }

    private static void requireAlike(Mended found, Mended expected, boolean isExact) {
        if (isExact ? !found.volume.equalsAll(expected.volume)
                : !found.volume.equalsOutside("/lost+found", expected.volume)) {
            throw new IllegalStateException("a repaired volume is not what a repair makes of it: "
                    + found.volume.differs(expected.volume));
        }
        if (found.usedInodes > expected.usedInodes + MADE_AGAIN) {
            throw new IllegalStateException("a repaired volume has " + found.usedInodes + " inodes, not "
                    + expected.usedInodes);
        }
        if (isExact && !found.tails.equalsAll(expected.tails)) {
            throw new IllegalStateException("behind the end of a file is what a repair does not leave there");
        }
        if (isExact && found.freeBlocks != expected.freeBlocks) {
            throw new IllegalStateException("a repaired volume has " + found.freeBlocks + " free blocks, not "
                    + expected.freeBlocks);
        }
    }
}
