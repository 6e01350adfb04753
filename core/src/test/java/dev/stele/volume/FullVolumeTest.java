package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
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
