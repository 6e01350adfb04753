package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The medium fails at the n-th store, stream, flush or drain of an operation, once or from then on: the operation says
/// EIO (or happens), nothing hangs or breaks, and after a power cut the volume is before or after it.
class FaultsTest {
    private static final int TRIES = 12 * Integer.getInteger("stele.cuts", 1);
    private static final long SEED = Long.getLong("stele.seed", 8);

    @TestFactory
    Stream<DynamicTest> everyOperation() {
        return Operation.all().stream().map(each -> dynamicTest(each.name(), () -> fail(each)));
    }

    private static void fail(Operation operation) {
        SplittableRandom random = new SplittableRandom(SEED);
        String before;
        String after;
        long verbs;
        try (Ground dry = prepared(operation)) {
            before = text(dry.medium, operation);
            verbs = dry.medium.verbCount();
            run(operation, dry);
            verbs = dry.medium.verbCount() - verbs;
            after = text(dry.medium, operation);
        }
        for (int i = 0; i < Math.min(TRIES, verbs); i++) {
            failAt(operation, verbs <= TRIES ? i : random.nextLong(verbs), i % 2 == 0, before, after);
        }
    }

    private static void failAt(Operation operation, long verb, boolean forGood, String before, String after) {
        try (Ground ground = prepared(operation)) {
            ground.medium.failAfter(verb, forGood);
            boolean happened = run(operation, ground);
            ground.medium.healFaults();
            String context = "fails at verb " + verb + (forGood ? " for good" : "") + ": ";
            // A volume that goes on must go on in order.
            if (!ground.volume.isReadOnly()) {
                run(new Operation("create", g -> { }, g -> g.create("later"), "", true), ground);
                unlinkLater(ground);
            }
            try (SimMedium left = cut(ground.medium)) {
                String found = text(Ground.open(left), operation);
                boolean isAfter = withoutTimes(found).equals(withoutTimes(after));
                boolean isBefore = withoutTimes(found).equals(withoutTimes(before));
                assertTrue(isAfter || isBefore && !happened, () -> context + "neither before nor after:\n"
                        + VolumePowerCutsTest.difference(before, found) + "\nor\n"
                        + VolumePowerCutsTest.difference(after, found));
                Report report = Check.run(left);
                assertTrue(report.isClean(), () -> context + report.obstacle() + report.findings());
            }
        }
    }

    /// Its superblocks differ from then on until somebody opens it: a volume that went on would be left so when closed.
    @Test
    void aGrowthHalfCarriedOutTurnsTheVolumeReadOnly() {
        int readOnly = 0;
        boolean happened = false;
        for (int verb = 0; !happened; verb++) {
            try (Ground ground = new Ground()) {
                ground.medium.failAfter(verb, false);
                happened = run(new Operation("grow", g -> { },
                        g -> g.volume.grow(Ground.SIZE_BYTES + (256 << 10)), "", true), ground);
                ground.medium.healFaults();
                readOnly += ground.volume.isReadOnly() ? 1 : 0;
                try (SimMedium left = cut(ground.medium)) {
                    if (ground.volume.isReadOnly()) {
                        assertTrue(ground.volume.damage().contains("in the middle of a growth"),
                                ground.volume.damage());
                        Ground.open(left);
                    }
                    Report report = Check.run(left);
                    assertTrue(report.isClean(), "verb " + verb + ": " + report.obstacle() + report.findings());
                }
            }
        }
        assertTrue(readOnly > 0);
    }

    private static void unlinkLater(Ground ground) {
        run(new Operation("unlink", g -> { }, g -> g.unlink("later"), "", true), ground);
    }

    /// What came later touched the root's times.
    private static String withoutTimes(String text) {
        int end = text.indexOf('\n');
        return text.substring(0, end).replaceAll("size.*", "").replaceAll("times.*", "") + text.substring(end);
    }

    private static Ground prepared(Operation operation) {
        Ground ground = new Ground();
        operation.prepare().on(ground);
        ground.volume.sync();
        ground.medium.settle();
        return ground;
    }

    /// @return whether it said that it happened
    private static boolean run(Operation operation, Ground ground) {
        try {
            operation.run().on(ground);
            return true;
        } catch (VolumeException failed) {
            assertTrue(failed.errno() == Errno.EIO || failed.errno() == Errno.EROFS
                    || failed.errno() == Errno.ENOENT, failed.getMessage());
            return false;
        }
    }

    private static String text(SimMedium medium, Operation operation) {
        try (SimMedium copy = TreeText.copy(medium)) {
            return text(Ground.open(copy), operation);
        }
    }

    private static String text(Volume volume, Operation operation) {
        return TreeText.of(volume, operation.torn().isEmpty() ? 0 : Ground.at(volume, operation.torn()));
    }

    private static SimMedium cut(SimMedium medium) {
        SimMedium left = SimMedium.create(medium.sizeBytes());
        MemorySegment.copy(medium.durableBytes(), 0, left.metadata().segment(), 0, medium.sizeBytes());
        left.settle();
        return left;
    }
}
