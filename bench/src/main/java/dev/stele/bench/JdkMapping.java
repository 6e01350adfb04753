package dev.stele.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/// A mapping as the JDK makes it, every page of it touched.
record JdkMapping(MemorySegment segment, Arena arena) implements AutoCloseable {
    private static final int PAGE_BYTES = 4096;

    static JdkMapping of(FileChannel channel, long sizeBytes) throws IOException {
        Arena arena = Arena.ofShared();
        MemorySegment segment = channel.map(MapMode.READ_WRITE, 0, sizeBytes, arena);
        for (long at = 0; at < sizeBytes; at += PAGE_BYTES) {
            segment.set(ValueLayout.JAVA_BYTE, at, segment.get(ValueLayout.JAVA_BYTE, at));
        }
        return new JdkMapping(segment, arena);
    }

    @Override
    public void close() {
        arena.close();
    }
}
