package dev.stele.volume;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.mapping.TrackingMode;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.Name;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import dev.stele.volume.Volume.MapOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the flight recorder is told, and what it costs where there is none.
class EventsTest {
    private static final int PAGE = 4096;
    private static final UUID ID = new UUID(1, 2);

    @TempDir
    Path directory;

    private interface Program {
        void run(Volume volume, long file, Arena arena);
    }

    /// Runs a program on a volume with one file, and returns the events of that volume.
    private List<RecordedEvent> record(Medium medium, Program program) throws IOException {
        Path file = directory.resolve("events.jfr");
        Volume.format(medium, new FormatOptions("events", ID, 3, 4, 0, 0, 0, 1));
        Volume volume = Volume.open(medium,
                new OpenOptions(false, System::nanoTime, false).withTracking(TrackingMode.PESSIMISTIC));
        try (Arena arena = Arena.ofConfined(); Recording recording = new Recording()) {
            long inode = volume.create(volume.root(), Name.of("file"), 0644, 0, 0);
            recording.start();
            program.run(volume, inode, arena);
            recording.stop();
            recording.dump(file);
        }
        close(volume);
        return RecordingFile.readAllEvents(file).stream()
                .filter(each -> each.getEventType().getName().startsWith("dev.stele."))
                .filter(each -> each.getString("volume").equals(ID.toString())).toList();
    }

    /// Closing tells of a sync that failed.
    private static void close(Volume volume) {
        try {
            volume.close();
        } catch (VolumeException told) {
            assertEquals(Errno.EIO, told.errno());
        }
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found =
                events.stream().filter(each -> each.getEventType().getName().equals("dev.stele." + name)).toList();
        assertEquals(1, found.size(), name + " among " + events);
        assertFalse(found.getFirst().getDuration().isNegative());
        return found.getFirst();
    }

    @Test
    void aMappingItsBlocksAndItsSyncAreTold() throws IOException {
        long[] inode = new long[1];
        List<RecordedEvent> events = record(MemoryMedium.createAsPmem(16 << 20), (volume, file, arena) -> {
            inode[0] = file;
            volume.truncate(file, 100 * PAGE);
            MemorySegment mapped =
                    volume.map(file, PAGE + 5, 10 * PAGE, MapMode.READ_WRITE, arena, MapOption.SYNC);
            mapped.set(JAVA_LONG, 3, 7);
            volume.syncRange(file, 3 * PAGE, 4 * PAGE);
        });
        RecordedEvent mapping = only(events, "Mapping");
        assertEquals(inode[0], mapping.getLong("inode"));
        assertEquals(PAGE + 5, mapping.getLong("offset"));
        assertEquals(10 * PAGE, mapping.getLong("length"));
        assertEquals("READ_WRITE", mapping.getString("mode"));
        assertTrue(mapping.getBoolean("sync"));
        assertTrue(mapping.getString("tracking").startsWith("every page counts"), mapping.getString("tracking"));
        RecordedEvent allocation = only(events, "Allocation");
        assertEquals(inode[0], allocation.getLong("inode"));
        assertEquals(11, allocation.getLong("blocks"));
        assertEquals(1, allocation.getInt("records"));
        RecordedEvent harvest = only(events, "Harvest");
        assertEquals(inode[0], harvest.getLong("inode"));
        assertEquals(1, harvest.getInt("mappings"));
        assertEquals(4, harvest.getLong("pages"));
        RecordedEvent sync = only(events, "Sync");
        assertEquals(inode[0], sync.getLong("inode"));
        assertEquals(3 * PAGE, sync.getLong("offset"));
        assertEquals(4 * PAGE, sync.getLong("length"));
        assertEquals(4, sync.getLong("pages"));
        assertEquals(4 * 64, sync.getLong("lines"));
        assertEquals(1, sync.getInt("drains"));
        assertTrue(sync.getBoolean("dataOnly"));
        assertFalse(sync.getBoolean("failed"));
        assertEquals(0, sync.getDuration("waited").toNanos());
    }

    @Test
    void aSyncOfTheVolumeIsTold() throws IOException {
        List<RecordedEvent> events = record(MemoryMedium.createAsPmem(16 << 20), (volume, file, arena) -> {
            MemorySegment bytes = arena.allocate(3 * PAGE, 8);
            volume.write(file, 0, bytes, 0, 3 * PAGE, Durability.DEFERRED);
            volume.write(file, 0, bytes, 0, 100, Durability.DEFERRED);
            volume.sync();
        });
        RecordedEvent sync = only(events, "Sync");
        assertEquals(0, sync.getLong("inode"));
        assertEquals(2, sync.getLong("lines"));
        assertEquals(1, sync.getInt("drains"));
    }

    @Test
    void aFailedSyncIsTold() throws IOException {
        SimMedium medium = SimMedium.create(1 << 20);
        List<RecordedEvent> events = record(medium, (volume, file, arena) -> {
            MemorySegment bytes = arena.allocate(3 * PAGE, 8);
            volume.write(file, 0, bytes, 0, 3 * PAGE, Durability.DEFERRED);
            volume.write(file, 0, bytes, 0, 100, Durability.DEFERRED);
            medium.failAfter(0, false);
            assertThrows(VolumeException.class, () -> volume.sync(file, true));
        });
        assertTrue(only(events, "Sync").getBoolean("failed"));
    }

    @Test
    void nothingIsMadeWhereNobodyRecords() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertNothingBegun();
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            assertNothingBegun();
        }
        assertEquals(0, threads.getCurrentThreadAllocatedBytes() - before);
    }

    private static void assertNothingBegun() {
        assertNull(SyncEvent.begun());
        assertNull(MappingEvent.begun());
        assertNull(AllocationEvent.begun());
        assertFalse(HarvestEvent.isOn());
    }
}
