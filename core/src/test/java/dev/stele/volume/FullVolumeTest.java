package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.check.Check;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
import dev.stele.medium.SimulatedDisk;
import dev.stele.node.Attributes;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// B1: what a full volume refuses has changed no byte of the file, whatever it had done by then.
class FullVolumeTest {
    private static final int PAGE = 4096;
    private static final int MAX_LEFT = 9;

    private interface Change {
        void of(Ground ground, long file);
    }

    private static Map<String, Change> changes() {
        Map<String, Change> changes = new LinkedHashMap<>();
        changes.put("zero over the end", (g, f) -> g.volume.zeroRange(f, 2000, 10 * PAGE, false));
        changes.put("zero over the end, keeping the size", (g, f) -> g.volume.zeroRange(f, 2000, 10 * PAGE, true));
        changes.put("zero holes", (g, f) -> g.volume.zeroRange(f, 100, 7 * PAGE, true));
        changes.put("zero within", (g, f) -> g.volume.zeroRange(f, 100, 2 * PAGE, true));
        changes.put("allocate over the end", (g, f) -> g.volume.allocate(f, 2000, 10 * PAGE, false));
        changes.put("punch", (g, f) -> g.volume.punchHole(f, 100, 2 * PAGE));
        changes.put("insert", (g, f) -> g.volume.insertRange(f, 0, PAGE));
        changes.put("truncate up", (g, f) -> g.volume.truncate(f, 40 * PAGE));
        changes.put("write atomically", (g, f) -> writeAtomically(g, f));
        changes.put("seal", (g, f) -> g.volume.seal(f, true));
        return changes;
    }

    private static void writeAtomically(Ground ground, long file) {
        MemorySegment bytes = Ground.nativeBytes(6 * PAGE, 9);
        if (ground.volume.write(file, 300, bytes, 0, bytes.byteSize(), Durability.ATOMIC) < bytes.byteSize()) {
            throw new AssertionError("an atomic write was cut short");
        }
    }

    @TestFactory
    List<DynamicTest> whatIsRefusedHasChangedNoByte() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String how : List.of("blocks", "blocks and holes", "inline")) {
            changes().forEach((name, change) ->
                    tests.add(DynamicTest.dynamicTest(name + ", " + how, () -> refused(how, name, change))));
        }
        return tests;
    }

    private static void refused(String how, String name, Change change) {
        int refusals = 0;
        for (int left = 0; left <= MAX_LEFT; left++) {
            try (Ground ground = new Ground()) {
                long file = make(ground, how);
                ground.fillUp(left);
                byte[] before = content(ground, file);
                try {
                    change.of(ground, file);
                } catch (VolumeException refused) {
                    assertEquals(Errno.ENOSPC, refused.errno(), name);
                    assertArrayEquals(before, content(ground, file), name + " with " + left + " blocks left");
                    refusals++;
                }
            }
        }
        assertTrue(refusals > 0 || !name.contains("over the end"), name + " was never refused");
    }

    private static long make(Ground ground, String how) {
        long file = ground.create("f");
        if (how.equals("inline")) {
            ground.write("f", 0, 100);
        } else if (how.equals("blocks")) {
            ground.write("f", 0, 9000);
        } else {
            for (int i = 0; i < 8; i++) {
                ground.write("f", i * 2 * PAGE, 3000);
            }
        }
        return file;
    }

    /// On an image file blocks that were freed can be had after a checkpoint: where an append has found no more than
    /// room for a part, the checkpoint is made and the append done once more.
    @Test
    void anAppendThatHasToWaitForACheckpointStandsInTheFileOnce() {
        try (SimulatedDisk disk = new SimulatedDisk(4 << 20, 4096)) {
            MemorySegment none = Arena.ofAuto().allocate(1 << 20);
            disk.load(none, none.byteSize());
            try (Medium fresh = disk.open()) {
                Volume.format(fresh, new FormatOptions("full", new UUID(1, 2), 3, 4, 16, 0, 0, 1));
            }
            try (Volume volume = Volume.open(disk.open(), new OpenOptions(false, () -> 7, false))) {
                long file = volume.create(volume.root(), Name.of("f"), 0644, 0, 0);
                long gone = volume.create(volume.root(), Name.of("gone"), 0644, 0, 0);
                long free = volume.statistics().freeBlocks();
                volume.allocate(gone, 0, (free - 20) * PAGE, false);
                volume.sync();
                volume.unlink(volume.root(), Name.of("gone"));
                MemorySegment bytes = Ground.nativeBytes(50 * PAGE, 9);
                assertEquals(0, volume.append(file, bytes, 0, bytes.byteSize(), Durability.DEFERRED));
                Attributes attributes = new Attributes();
                volume.attributes(file, attributes);
                assertEquals(bytes.byteSize(), attributes.sizeBytes);
                MemorySegment found = Ground.nativeBytes(50 * PAGE, 1);
                assertEquals(found.byteSize(), volume.read(file, 0, found, 0, found.byteSize()));
                assertEquals(-1, bytes.mismatch(found));
            }
            try (Medium left = disk.open()) {
                assertTrue(Check.run(left).isClean());
            }
        }
    }

    private static byte[] content(Ground ground, long file) {
        Attributes attributes = new Attributes();
        ground.volume.attributes(file, attributes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(Math.max(1, attributes.sizeBytes), 8);
            long count = ground.volume.read(file, 0, into, 0, attributes.sizeBytes);
            return into.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
