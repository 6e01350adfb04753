package dev.stele.bench;

import dev.stele.medium.Medium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Fills files with units that say at both ends which they are.
final class Filler {
    private static final int CHUNK_BYTES = 1 << 20;

    private Filler() {
    }

    /// @param channel may be one past the page cache
    /// @param unitBytes a power of two
    static void fill(FileChannel channel, long unitCount, int unitBytes) throws IOException {
        int chunkBytes = Math.max(CHUNK_BYTES, unitBytes);
        ByteBuffer chunk = ByteBuffer.allocateDirect(chunkBytes + Medium.PAGE_BYTES).alignedSlice(Medium.PAGE_BYTES)
                .order(ByteOrder.nativeOrder());
        long end = unitCount * unitBytes;
        for (long at = 0; at < end; at += chunkBytes) {
            chunk.clear().limit((int) Math.min(chunkBytes, end - at));
            for (int in = 0; in < chunk.limit(); in += unitBytes) {
                long mark = Places.mark((at + in) / unitBytes);
                chunk.putLong(in, mark).putLong(in + unitBytes - Long.BYTES, mark);
            }
            for (long to = at; chunk.hasRemaining(); ) {
                to += channel.write(chunk, to);
            }
        }
    }
}
