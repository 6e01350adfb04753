package dev.stele.nio;

import dev.stele.error.VolumeException;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;

/// Moves bytes between buffers and a file. A direct buffer is handed to the volume as it is; a heap buffer goes through
/// [Scratch].
final class Transfer {
    /// A read through scratch goes in pieces of this size; a write never does, lest another come between.
    private static final int READ_BYTES = 256 << 10;

    private Transfer() {
    }

    /// @return bytes read, -1 at the end of the file, 0 where the buffer is full
    static int read(OpenFile file, long offset, ByteBuffer target) {
        requireWritable(target);
        int wanted = target.remaining();
        if (wanted == 0) {
            return 0;
        }
        int count = target.isDirect() ? readDirect(file, offset, target) : readThroughScratch(file, offset, target);
        return count == 0 ? -1 : count;
    }

    private static int readDirect(OpenFile file, long offset, ByteBuffer target) {
        int at = target.position();
        int count = (int) file.volume().read(
                file.inode(), offset, BufferMemory.of(target), at, target.limit() - at);
        target.position(at + count);
        return count;
    }

    private static int readThroughScratch(OpenFile file, long offset, ByteBuffer target) {
        int total = 0;
        try (Scratch scratch = Scratch.take(Math.min(target.remaining(), READ_BYTES))) {
            while (target.hasRemaining()) {
                int piece = Math.min(target.remaining(), READ_BYTES);
                int count = readOrStop(file, offset + total, scratch, piece, total);
                target.put(scratch.buffer(count));
                total += count;
                if (count < piece) {
                    break;
                }
            }
        }
        return total;
    }

    /// What cannot be read after what could be ends the read there, and is told by the next one.
    ///
    /// @param total bytes read before
    private static int readOrStop(OpenFile file, long offset, Scratch scratch, int byteCount, long total) {
        try {
            return (int) file.volume().read(file.inode(), offset, scratch.segment(), 0, byteCount);
        } catch (VolumeException e) {
            if (total == 0) {
                throw e;
            }
            return 0;
        }
    }

    /// Scatters.
    static long read(OpenFile file, long offset, ByteBuffer[] targets, int first, int count) {
        requireWritable(targets, first, count);
        long total = 0;
        for (int i = first; i < first + count; i++) {
            int wanted = targets[i].remaining();
            int got = readOrStop(file, offset + total, targets[i], total);
            if (got < 0) {
                return total == 0 ? -1 : total;
            }
            total += got;
            if (got < wanted) {
                break;
            }
        }
        return total;
    }

    private static int readOrStop(OpenFile file, long offset, ByteBuffer target, long total) {
        try {
            return read(file, offset, target);
        } catch (VolumeException e) {
            if (total == 0) {
                throw e;
            }
            return -1;
        }
    }

    /// Before anything is read: what one buffer cannot take must not be missing between those that can.
    private static void requireWritable(ByteBuffer[] targets, int first, int count) {
        for (int i = first; i < first + count; i++) {
            requireWritable(targets[i]);
        }
    }

    private static void requireWritable(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    /// Where to write: at an offset, or at the end.
    interface Sink {
        /// @return bytes written, fewer than asked where the volume has no room for more
        long accept(MemorySegment from, long fromAt, long byteCount);
    }

    static Sink at(OpenFile file, long offset, Durability durability) {
        Volume volume = file.volume();
        return (from, fromAt, byteCount) -> volume.write(
                file.inode(), offset, from, fromAt, byteCount, durability, file.syncErrors());
    }

    static Sink atEnd(OpenFile file, Durability durability) {
        Volume volume = file.volume();
        return (from, fromAt, byteCount) -> {
            volume.append(file.inode(), from, fromAt, byteCount, durability, file.syncErrors());
            return byteCount;
        };
    }

    /// Writes all that remains in the buffer, in one operation of the volume, or what there is room for. The buffer's
    /// position is behind it then.
    ///
    /// @return bytes written
    static int write(ByteBuffer source, Sink sink) {
        int at = source.position();
        int byteCount = source.remaining();
        int written;
        if (source.isDirect()) {
            written = (int) sink.accept(BufferMemory.of(source), at, byteCount);
        } else {
            try (Scratch scratch = Scratch.take(byteCount)) {
                scratch.buffer(byteCount).put(source.duplicate());
                written = (int) sink.accept(scratch.segment(), 0, byteCount);
            }
        }
        source.position(at + written);
        return written;
    }

    /// As [#write] at an offset, of a direct buffer: without an object for it.
    static int writeDirect(OpenFile file, long offset, ByteBuffer source, Durability durability) {
        int at = source.position();
        int written = (int) file.volume().write(file.inode(), offset, BufferMemory.of(source), at,
                source.remaining(), durability, file.syncErrors());
        source.position(at + written);
        return written;
    }

    /// Gathers: what remains in all the buffers is written in one operation of the volume.
    ///
    /// @return bytes in the buffers, at most 2 GiB - 1; what is beyond stays in them
    static int remaining(ByteBuffer[] sources, int first, int count) {
        long total = 0;
        for (int i = first; i < first + count; i++) {
            total += sources[i].remaining();
        }
        return (int) Math.min(total, Integer.MAX_VALUE - Long.BYTES);
    }

    /// @param byteCount what [#remaining] said
    /// @return bytes written
    static int write(ByteBuffer[] sources, int first, int count, int byteCount, Sink sink) {
        Objects.checkFromIndexSize(first, count, sources.length);
        if (count == 1) {
            return write(sources[first], sink);
        }
        try (Scratch scratch = Scratch.take(byteCount)) {
            ByteBuffer gathered = scratch.buffer(byteCount);
            for (int i = first; i < first + count; i++) {
                ByteBuffer source = sources[i].duplicate();
                source.limit(source.position() + Math.min(source.remaining(), gathered.remaining()));
                gathered.put(source);
            }
            int written = (int) sink.accept(scratch.segment(), 0, byteCount);
            skip(sources, first, count, written);
            return written;
        }
    }

    private static void skip(ByteBuffer[] sources, int first, int count, int byteCount) {
        int left = byteCount;
        for (int i = first; i < first + count; i++) {
            int taken = Math.min(sources[i].remaining(), left);
            sources[i].position(sources[i].position() + taken);
            left -= taken;
        }
    }
}
