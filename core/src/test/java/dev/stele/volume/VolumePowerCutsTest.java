package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.PowerCuts;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// P2: the power is cut at every point of every operation, from volumes of every kind, and what is left is the volume
/// before or after it, never anything in between; what returned has happened; nothing is leaked; the volume works.
///
/// `-Dstele.cuts=N` multiplies how many images of a point are tried; `-Dstele.exhaustive=4096` tries all of them where
/// there are at most as many as twelve lines have, whole or lost.
class VolumePowerCutsTest {
    private static final int THOROUGH = Integer.getInteger("stele.cuts", 1);
    private static final long EXHAUSTIVE = Long.getLong("stele.exhaustive", 32L * THOROUGH);
    private static final long SEED = Long.getLong("stele.seed", 20_261_121);

    private static PowerCuts.Coverage total = PowerCuts.Coverage.NONE;

    @AfterAll
    static void report() {
        System.out.println("volume power cuts, seed " + SEED + ": " + total);
    }

    @TestFactory
    Stream<DynamicTest> onAnEmptyVolume() {
        return Operation.all().stream().map(each -> dynamicTest(each.name(), () -> cut(each, Ground.Fill.EMPTY)));
    }

    @TestFactory
    Stream<DynamicTest> onAPopulatedVolume() {
        return Operation.all().stream().map(each -> dynamicTest(each.name(), () -> cut(each, Ground.Fill.POPULATED)));
    }

    @TestFactory
    Stream<DynamicTest> onANearlyFullVolume() {
        return Operation.all().stream().map(each -> dynamicTest(each.name(), () -> cut(each, Ground.Fill.NEARLY_FULL)));
    }

    @TestFactory
    Stream<DynamicTest> onFilesOfManyExtents() {
        return Operation.large().stream().map(each -> dynamicTest(each.name(), () -> cut(each, Ground.Fill.LARGE)));
    }

    /// What a volume looks like after it was opened anew.
    private record State(String tree, byte[] torn) {
        static State of(SimMedium medium, Operation operation) {
            try (SimMedium copy = TreeText.copy(medium)) {
                return of(Ground.open(copy), operation);
            }
        }

        static State of(Volume volume, Operation operation) {
            boolean isAtomic = operation.torn().isEmpty();
            return new State(TreeText.of(volume, isAtomic ? 0 : Ground.at(volume, operation.torn())),
                    isAtomic ? new byte[0] : bytes(volume, operation.torn()));
        }

        private static byte[] bytes(Volume volume, String path) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment into = arena.allocate(1 << 16);
                long count = volume.read(Ground.at(volume, path), 0, into, 0, into.byteSize());
                return into.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
            }
        }
    }

    private void cut(Operation operation, Ground.Fill fill) {
        State before;
        State after;
        try (Ground dry = new Ground(medium(fill))) {
            prepare(operation, fill, dry);
            before = State.of(dry.medium, operation);
            run(operation, dry);
            after = State.of(dry.medium, operation);
        }
        try (Ground ground = new Ground(medium(fill))) {
            prepare(operation, fill, ground);
            boolean[] returned = new boolean[1];
            try (PowerCuts<Volume> cuts = PowerCuts.<Volume>of(ground.medium).seed(SEED)
                    .exhaustiveTo(fill == Ground.Fill.LARGE ? EXHAUSTIVE / 8 : EXHAUSTIVE)
                    .samples((fill == Ground.Fill.LARGE ? 4 : 16) * THOROUGH)
                    .alone(fill == Ground.Fill.LARGE ? 6 * THOROUGH : 32).nested(THOROUGH > 1 ? 50 : 0)
                    .check(Ground::open, new Checking(operation, before, after, returned))) {
                run(operation, ground);
                returned[0] = true;
                cuts.at(operation + " returned");
                total = total.plus(cuts.coverage());
            }
        }
    }

    private static SimMedium medium(Ground.Fill fill) {
        return SimMedium.create(Ground.SIZE_BYTES * (fill == Ground.Fill.LARGE ? 5 : 1));
    }

    private static void prepare(Operation operation, Ground.Fill fill, Ground ground) {
        ground.fill(fill == Ground.Fill.NEARLY_FULL ? Ground.Fill.POPULATED : fill);
        operation.prepare().on(ground);
        if (fill == Ground.Fill.NEARLY_FULL) {
            ground.fillUp(3);
        }
        ground.volume.sync();
        ground.medium.settle();
    }

    /// Runs out of space or not: then nothing must have changed.
    private static void run(Operation operation, Ground ground) {
        try {
            operation.run().on(ground);
        } catch (VolumeException full) {
            assertEquals(Errno.ENOSPC, full.errno(), () -> operation + ": " + full.getMessage());
        }
    }

    /// What must hold of every image.
    private static final class Checking implements PowerCuts.Check<Volume> {
        private final Operation operation;
        private final State before;
        private final State after;
        private final boolean[] returned;
        private int images;

        Checking(Operation operation, State before, State after, boolean[] returned) {
            this.operation = operation;
            this.before = before;
            this.after = after;
            this.returned = returned;
        }

        @Override
        public void check(Volume volume, SimMedium image, PowerCuts.Point point) {
            State found = State.of(volume, operation);
            if (!found.tree.equals(after.tree)) {
                assertTrue(!returned[0], () -> "returned, but is not there:\n" + difference(after.tree, found.tree));
                assertTrue(found.tree.equals(before.tree), () -> "neither before nor after:\n"
                        + difference(before.tree, found.tree) + "\nor\n" + difference(after.tree, found.tree));
            }
            checkTorn(found.torn);
            assertClean(image);
            images++;
            if (images % 23 == 2) {
                use(volume, image);
            }
        }

        private void checkTorn(byte[] found) {
            for (int i = 0; i < found.length; i++) {
                boolean isNew = i < after.torn.length && found[i] == after.torn[i];
                boolean isOld = i < before.torn.length && found[i] == before.torn[i];
                assertTrue(isNew || isOld && !(returned[0] && operation.keeps()), "byte " + i + " is " + found[i]);
            }
        }
    }

    static String difference(String expected, String found) {
        List<String> lines = new ArrayList<>();
        List<String> left = expected.lines().toList();
        List<String> right = found.lines().toList();
        left.stream().filter(line -> !right.contains(line)).forEach(line -> lines.add("- " + line));
        right.stream().filter(line -> !left.contains(line)).forEach(line -> lines.add("+ " + line));
        return String.join("\n", lines);
    }

    private static void assertClean(SimMedium image) {
        Report report = Check.run(image);
        assertTrue(report.isClean(), () -> report.obstacle() + report.findings());
    }

    /// Everything can be deleted, then a file written and kept, and nothing is lost on the way.
    private static void use(Volume volume, SimMedium image) {
        empty(volume, volume.root());
        assertClean(image);
        long file = volume.create(volume.root(), Name.of("used"), 0644, 0, 0);
        volume.write(file, 0, Ground.nativeBytes(9000, 1), 0, 9000, Volume.Durability.DSYNC);
        long free = volume.statistics().freeBlocks();
        volume.close();
        assertClean(image);
        Volume again = Ground.open(image);
        assertEquals(9000, again.read(Ground.at(again, "used"), 0, Ground.nativeBytes(9000, 2), 0, 9000));
        assertEquals(free, again.statistics().freeBlocks());
    }

    private static void empty(Volume volume, long directory) {
        List<Name> names = new ArrayList<>();
        List<Long> inodes = new ArrayList<>();
        volume.readDirectory(directory, 0, (name, inode, type, cookie) -> names.add(name) && inodes.add(inode));
        Attributes attributes = new Attributes();
        for (int i = 0; i < names.size(); i++) {
            volume.attributes(inodes.get(i), attributes);
            if (attributes.type() == FileType.DIRECTORY) {
                empty(volume, inodes.get(i));
                volume.rmdir(directory, names.get(i));
            } else {
                if ((attributes.flags & 1) != 0) {
                    volume.seal(inodes.get(i), false);
                }
                volume.unlink(directory, names.get(i));
            }
        }
    }
}
