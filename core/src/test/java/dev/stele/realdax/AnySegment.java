package dev.stele.realdax;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.stele.api.PersistentMemory;
import dev.stele.api.PersistentMemory.Kind;
import dev.stele.api.PersistentMemory.Way;
import dev.stele.cpu.Granularity;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jdk.nio.mapmode.ExtendedMapMode;

/// What [PersistentMemory] takes mappings for that it did not make itself, and that its verbs work on them.
final class AnySegment {
    private static final long BYTES = 1 << 20;

    private AnySegment() {
    }

    /// @return what the place was taken for
    static String run(Place.At at) throws IOException {
        return at.place().isFile() ? file(at) : device(at);
    }

    private static String device(Place.At at) {
        try (Medium medium = Media.open(at.path(), MediumOptions.DEFAULT)) {
            // behind everything that the volume which stands there uses
            MemorySegment end = medium.data().segment().asSlice(medium.sizeBytes() - BYTES);
            return use(end, Kind.DAX_DEVICE, Granularity.CACHE_LINE, true);
        }
    }

    private static String file(Place.At at) throws IOException {
        Path file = Files.createFile(at.path().resolveSibling("segment"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            String plain = use(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena), Kind.FILE,
                    Granularity.PAGE, false);
            if (!at.place().isDirect()) {
                return plain;
            }
            String direct = use(channel.map(ExtendedMapMode.READ_WRITE_SYNC, 0, BYTES, arena), Kind.DAX_FILE,
                    Granularity.CACHE_LINE, true);
            use(channel.map(FileChannel.MapMode.PRIVATE, 0, BYTES, arena), Kind.VOLATILE, Granularity.BYTE, false);
            return direct + "; mapped without MAP_SYNC: " + plain;
        } finally {
            Files.delete(file);
        }
    }

    private static String use(MemorySegment segment, Kind kind, Granularity granularity, boolean isPersistent) {
        PersistentMemory memory = PersistentMemory.of(segment);
        Guest.require(memory.kind() == kind, "is " + memory.kind() + ": " + memory);
        Guest.require(memory.granularity() == granularity, "is " + memory.granularity() + ": " + memory);
        Guest.require(memory.isPersistent() == isPersistent, memory.toString());
        memory.fillPersist(0, BYTES, (byte) 1);
        memory.copyPersist(70, segment, 8192, 1000, Way.TEMPORAL);
        memory.copyPersist(9000, segment, 20_000, 1000, Way.NON_TEMPORAL);
        segment.set(JAVA_BYTE, 64, (byte) 2);
        memory.persist(64, 1);
        memory.invalidate(0, 4096);
        Guest.require(segment.get(JAVA_BYTE, 64) == 2, "a store was lost");
        if (kind == Kind.DAX_FILE || kind == Kind.FILE) {
            memory.deepPersist(0, 4096);
        }
        memory.fillPersist(0, BYTES, (byte) 0);
        return memory.toString();
    }
}
