package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.NavigableSet;
import java.util.TreeSet;

/// The volume as the next open would find it: blocks of the medium, copied out, with the journal's records applied to
/// the copy. A copy cannot change between being checked and being used, whatever happens to the medium meanwhile.
final class Image implements AutoCloseable {
    private final MemorySegment medium;
    /// Blocks that could not be read, ascending.
    private final NavigableSet<Long> unreadable = new TreeSet<>();
    private final Arena arena = Arena.ofConfined();
    private Log log = Log.EMPTY;

    Image(Medium medium) {
        this.medium = medium.metadata().segment();
    }

    /// Working memory that lives as long as the image.
    MemorySegment allocate(long byteCount) {
        return arena.allocate(byteCount, 64);
    }

    MemorySegment block() {
        return allocate(Geometry.BLOCK_BYTES);
    }

    void log(Log newLog) {
        log = newLog;
    }

    Log log() {
        return log;
    }

    /// Whole blocks on the medium.
    long blockCount() {
        return Geometry.blockOf(medium.byteSize());
    }

    long sizeBytes() {
        return medium.byteSize();
    }

    /// Copies a block to the start of `into`.
    ///
    /// @return false where it cannot be read; `into` is zeros then
    boolean read(long block, MemorySegment into) {
        boolean isThere = block >= 0 && block < blockCount() && copy(Geometry.at(block), into, Geometry.BLOCK_BYTES);
        if (!isThere) {
            into.asSlice(0, Geometry.BLOCK_BYTES).fill((byte) 0);
        }
        log.patch(block, into);
        return isThere;
    }

    /// Copies bytes of the medium as they are.
    boolean copy(long at, MemorySegment into, long byteCount) {
        if (at < 0 || byteCount > medium.byteSize() - at) {
            return false;
        }
        try {
            MemorySegment.copy(medium, at, into, 0, byteCount);
            Medium.awaitFaults();
            return true;
        } catch (InternalError fault) {
            // The file shrank under its mapping, its disk cannot read the page, or the memory has failed.
            if (byteCount <= Geometry.BLOCK_BYTES) {
                unreadable.add(Geometry.blockOf(at));
            } else {
                copyBlocks(at, into, byteCount);
            }
            return false;
        }
    }

    /// Finds out which blocks of a range it is.
    private void copyBlocks(long at, MemorySegment into, long byteCount) {
        for (long done = 0; done < byteCount; done += Geometry.BLOCK_BYTES) {
            long part = Math.min(byteCount - done, Geometry.BLOCK_BYTES);
            copy(at + done, into.asSlice(done, part), part);
        }
    }

    /// Blocks that somebody wanted to read and could not.
    NavigableSet<Long> unreadable() {
        return unreadable;
    }

    @Override
    public void close() {
        arena.close();
    }
}
