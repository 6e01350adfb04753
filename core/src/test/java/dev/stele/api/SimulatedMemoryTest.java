package dev.stele.api;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.api.PersistentMemory.Kind;
import dev.stele.api.PersistentMemory.Way;
import dev.stele.cpu.Granularity;
import dev.stele.medium.sim.SimMedium;
import dev.stele.medium.sim.Witness;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Persistent memory that is simulated: what was flushed and drained is durable there, and nothing else.
class SimulatedMemoryTest {
    private final SimMedium medium = SimMedium.create(8192);
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
        medium.close();
    }

    private long durable(long at) {
        return medium.durableBytes().get(JAVA_LONG, at);
    }

    private MemorySegment mappedAgain() throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + medium.descriptor()),
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, 8192, arena);
        }
    }

    @Test
    void isPersistentMemoryOfTheGranularityThatIsSimulated() {
        PersistentMemory memory = PersistentMemory.of(medium.data().segment());
        assertEquals(Kind.DAX_FILE, memory.kind());
        assertTrue(memory.isPersistent());
        assertEquals(Granularity.CACHE_LINE, memory.granularity());
        assertEquals("simulated persistent memory, granularity CACHE_LINE, persistent, granularity CACHE_LINE",
                memory.toString());
        SimMedium eadr = SimMedium.create(4096, Granularity.BYTE);
        assertEquals(Granularity.BYTE, PersistentMemory.of(eadr.data().segment()).granularity());
        eadr.close();
    }

    @Test
    void storesAreDurableOnceFlushedAndDrained() {
        PersistentMemory memory = PersistentMemory.of(medium.data().segment().asSlice(4096));
        memory.segment().set(JAVA_LONG, 64, 1);
        memory.drain();
        assertEquals(0, durable(4160));
        memory.flush(64, 8);
        assertEquals(0, durable(4160));
        memory.drain();
        assertEquals(1, durable(4160));
        memory.segment().set(JAVA_LONG, 64, 2);
        memory.persist(64, 8);
        assertEquals(2, durable(4160));
        assertEquals(3, memory.counters().ofAllThreads().drains());
    }

    @Test
    void anotherMappingOfTheMemoryIsTheSameMemory() throws IOException {
        PersistentMemory memory = PersistentMemory.of(mappedAgain());
        memory.segment().set(JAVA_LONG, 128, 7);
        memory.persist(128, 8);
        memory.copyPersist(4096, arena.allocate(256).fill((byte) 1), 0, 256);
        memory.fillPersist(0, 64, (byte) 2);
        assertEquals(7, durable(128));
        assertEquals(0x0101010101010101L, durable(4096 + 248));
        assertEquals(0x0202020202020202L, durable(56));
    }

    @Test
    void copiesAndFillsGoTheWayTheyAreTold() {
        PersistentMemory memory = PersistentMemory.of(medium.data().segment());
        MemorySegment source = arena.allocate(256).fill((byte) 3);
        memory.copy(0, source, 0, 256, Way.NO_FLUSH);
        memory.drain();
        assertEquals(0, durable(0));
        memory.copy(1024, source, 0, 256, Way.NON_TEMPORAL);
        memory.fill(2048, 256, (byte) 0x11, Way.NON_TEMPORAL);
        memory.fill(3072, 256, (byte) 0x22, Way.TEMPORAL);
        memory.drain();
        assertEquals(0x0303030303030303L, durable(1024));
        assertEquals(0x1111111111111111L, durable(2048));
        assertEquals(0x2222222222222222L, durable(3072));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.copy(8000, source, 0, 256, Way.NO_FLUSH));
        assertThrows(IndexOutOfBoundsException.class, () -> memory.persist(8192, 1));
        assertThrows(UnsupportedOperationException.class, () -> memory.invalidate(0, 64));
        memory.deepPersist(0, 8);
    }

    @Test
    void memoryThatEndedIsNoMoreTakenForSimulated() throws IOException {
        MemorySegment mapped = mappedAgain();
        assertTrue(PersistentMemory.of(mapped).isPersistent());
        medium.end();
        assertFalse(PersistentMemory.of(mapped).isPersistent());
    }

    /// Everything that is done to the medium, as text.
    private static final class Diary implements Witness {
        final List<String> lines = new ArrayList<>();

        @Override
        public void storing(long at, long byteCount) {
            lines.add("storing " + at + "+" + byteCount);
        }

        @Override
        public void stored(long at, long byteCount, boolean isStreamed) {
            lines.add((isStreamed ? "streamed " : "stored ") + at + "+" + byteCount);
        }

        @Override
        public void flushing(long at, long byteCount) {
            lines.add("flushing " + at + "+" + byteCount);
        }

        @Override
        public void draining() {
            lines.add("draining");
        }
    }

    @Test
    void aWitnessIsToldOfEveryVerbInOrder() throws IOException {
        Diary diary = new Diary();
        PersistentMemory memory = PersistentMemory.of(medium.data().segment());
        PersistentMemory other = PersistentMemory.of(mappedAgain().asSlice(4096));
        medium.tell(diary);
        medium.metadata().putLong(8, 5);
        memory.persist(8, 8);
        memory.copyPersist(64, arena.allocate(128), 0, 128);
        other.flush(100, 8);
        medium.tell(null);
        memory.persist(0, 8);
        assertArrayEquals(new String[] {"storing 8+8", "stored 8+8", "flushing 8+8", "draining", "storing 64+128",
                "streamed 64+128", "draining", "flushing 4196+8"}, diary.lines.toArray());
    }

    @Test
    void aSteleIsFoundBehindItsFileSystem() throws IOException {
        try (Stele stele = Stele.inMemory(1 << 20)) {
            assertEquals(stele.fileSystem(), Stele.of(stele.fileSystem()).fileSystem());
        }
        assertThrows(IllegalArgumentException.class, () -> Stele.of(java.nio.file.FileSystems.getDefault()));
    }
}
