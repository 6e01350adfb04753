package dev.stele.medium;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Exactly what a disk may hold after a power cut: by sectors, and by the size of its file.
class SimulatedDiskTest {
    private static final int CAPACITY = 1 << 20;
    private static final int SECTOR = 512;
    private static final int PAGE = 4096;
    private static final long DATA = 5 * PAGE;

    private final SimulatedDisk disk = new SimulatedDisk(CAPACITY, SECTOR);
    private final MemorySegment left = Arena.ofAuto().allocate(CAPACITY, 8);
    private Medium medium = open();

    private Medium open() {
        disk.load(MemorySegment.ofArray(ImageModel.initialImage()), (long) ImageModel.FIRST_PAGES * PAGE);
        return disk.open();
    }

    @AfterEach
    void close() {
        medium.close();
        disk.close();
    }

    private void store(long at, int value) {
        MemorySegment one = Arena.ofAuto().allocate(1);
        one.set(JAVA_BYTE, 0, (byte) value);
        medium.data().put(at, one, 0, 1);
    }

    /// All that may be left of some bytes.
    private Set<String> left(long... at) {
        Set<String> found = new TreeSet<>();
        DiskCut cut = disk.cut();
        for (long choice = 0; choice < cut.choiceCount(); choice++) {
            cut.choose(choice);
            long size = cut.writeTo(left);
            StringBuilder text = new StringBuilder();
            for (long each : at) {
                text.append(each < size ? left.get(JAVA_BYTE, each) : "-").append(' ');
            }
            found.add(text.toString().strip());
        }
        return found;
    }

    @Test
    void twoSectorsComeInAnyOrderAndOneAsAWhole() {
        store(DATA, 1);
        store(DATA + SECTOR - 1, 2);
        store(DATA + SECTOR, 3);
        assertEquals(Set.of("0 0 0", "1 2 0", "0 0 3", "1 2 3"), left(DATA, DATA + SECTOR - 1, DATA + SECTOR));
    }

    @Test
    void aSectorMayBeAsItWasAtAnyTimeSinceTheSync() {
        store(DATA, 1);
        disk.cut();
        store(DATA, 2);
        assertEquals(Set.of("0", "1", "2"), left(DATA));
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        assertEquals(1, disk.syncCount());
        assertEquals(Set.of("2"), left(DATA));
    }

    @Test
    void metadataReachesNoSectorBeforeItsCheckpoint() {
        medium.metadata().putLong(DATA, 5);
        assertEquals(Set.of("0"), left(DATA));
        medium.beginCheckpoint();
        assertEquals(Set.of("0"), left(DATA));
        medium.finishCheckpoint();
        assertEquals(2, disk.syncCount());
        assertEquals(Set.of("0", "5"), left(DATA));
    }

    @Test
    void aFileThatGrewMayHaveAnySizeItHad() {
        long end = (long) ImageModel.FIRST_PAGES * PAGE;
        medium.close();
        medium = disk.open();
        medium.grow(end + PAGE);
        assertEquals(Set.of("0 -", "0 0"), left(end - 1, end));
        store(end, 7);
        assertEquals(Set.of("-", "0", "7"), left(end));
    }

    @Test
    void aForgottenSyncKeepsNothing() {
        store(DATA, 1);
        disk.forgetSync(0);
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        assertEquals(Set.of("0", "1"), left(DATA));
        medium.finishCheckpoint();
        assertEquals(Set.of("1"), left(DATA));
    }

    @Test
    void everyEffectIsTold() {
        List<String> told = new java.util.ArrayList<>();
        disk.observe(told::add);
        medium.metadata().putLong(DATA, 5);
        medium.beginCheckpoint();
        medium.finishCheckpoint();
        disk.observe(null);
        assertEquals("before a write", told.getFirst());
        assertEquals(2, told.stream().filter("before a sync"::equals).count());
        assertEquals(2, told.stream().filter("after a sync"::equals).count());
        assertEquals("before a write", told.getLast());
        assertTrue(disk.cut().toString().contains("lost sector at byte " + DATA) || disk.cut().partCount() > 1);
    }
}
