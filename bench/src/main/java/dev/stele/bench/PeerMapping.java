package dev.stele.bench;

import dev.stele.cpu.Mapping;
import dev.stele.cpu.Native;
import dev.stele.medium.Medium;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/// A peer's mapping of a file, every page of it touched.
record PeerMapping(MemorySegment segment, Arena arena) implements AutoCloseable {

    /// As the JDK makes it.
    static PeerMapping of(FileChannel channel, long sizeBytes) throws IOException {
        Arena arena = Arena.ofShared();
        MemorySegment segment = channel.map(MapMode.READ_WRITE, 0, sizeBytes, arena);
        touch(segment);
        return new PeerMapping(segment, arena);
    }

    /// With huge pages, as a mapping of persistent memory has them, and the volume beside it: for what is to be the
    /// floor. Where the kernel has none for such a file, with small ones.
    ///
    /// @param file on tmpfs
    static PeerMapping withHugePages(Path file, long sizeBytes) {
        Arena arena = Arena.ofShared();
        int descriptor = Native.open(file, Native.O_RDWR);
        try {
            MemorySegment segment = Mapping.mapAligned(arena, descriptor, sizeBytes, Mapping.HUGE_PAGE_BYTES,
                    Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED);
            touch(segment);
            Mapping.advise(segment.address(), segment.byteSize() & -Mapping.HUGE_PAGE_BYTES, Native.MADV_COLLAPSE);
            return new PeerMapping(segment, arena);
        } finally {
            Native.close(descriptor);
        }
    }

    /// By loads: stores would make every page dirty, and the first `force()` write them all.
    private static void touch(MemorySegment segment) {
        long sum = 0;
        for (long at = 0; at < segment.byteSize(); at += Medium.PAGE_BYTES) {
            sum += segment.get(ValueLayout.JAVA_BYTE, at);
        }
        WrongResult.require(sum != Long.MIN_VALUE, "bytes have a sum");
    }

    @Override
    public void close() {
        arena.close();
    }
}
