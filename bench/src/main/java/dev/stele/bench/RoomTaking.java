package dev.stele.bench;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// Makes the pages of a file on tmpfs, huge ones where the kernel has them, by all processors at once. A virtual
/// machine's memory may have to come from its host first, which takes seconds for a gigabyte.
final class RoomTaking {
    private static final long CHUNK_BYTES = Mapping.HUGE_PAGE_BYTES;

    private final MemorySegment mapped;
    private final int descriptor;
    private final AtomicLong next = new AtomicLong();

    private RoomTaking(MemorySegment mapped, int descriptor) {
        this.mapped = mapped;
        this.descriptor = descriptor;
    }

    /// What cannot be had here is left to who needs it.
    static void of(Path file, long sizeBytes) throws Exception {
        int descriptor = Native.open(file, Native.O_RDWR);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mapped = Mapping.mapAligned(arena, descriptor, sizeBytes, CHUNK_BYTES,
                    Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED | Native.MAP_NORESERVE);
            new RoomTaking(mapped, descriptor).byAllProcessors();
        } finally {
            Native.close(descriptor);
        }
    }

    private void byAllProcessors() throws Exception {
        SideBySide.Action[] others = new SideBySide.Action[Runtime.getRuntime().availableProcessors() - 1];
        Arrays.fill(others, (SideBySide.Action) this::take);
        SideBySide.run(this::take, others);
    }

    private void take() {
        try {
            for (long at = next.getAndAdd(CHUNK_BYTES); at + CHUNK_BYTES <= mapped.byteSize();
                    at = next.getAndAdd(CHUNK_BYTES)) {
                // One page, for a huge one to grow from: where nothing is, nothing is joined.
                Native.allocate(descriptor, 0, at, Medium.PAGE_BYTES);
                Mapping.advise(mapped.address() + at, CHUNK_BYTES, Native.MADV_COLLAPSE);
            }
        } catch (NativeException refused) {
            assert refused.number() > 0;
        }
    }
}
