package dev.stele.format;

import dev.stele.error.CorruptionException;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The superblock and its copy: one of them is whole whatever a power cut leaves, because they are only ever stored one
/// after the other. Neither is changed by a record of the journal: recovery repeats records side by side, and a cut
/// during it could tear both, so that nobody finds the journal any more.
public final class SuperblockPair {
    private SuperblockPair() {
    }

    /// Whether there is anything that was meant to be a superblock.
    public static boolean hasMagic(MemorySegment segment) {
        return Superblock.hasMagic(segment, Geometry.at(Geometry.SUPERBLOCK))
                || Superblock.hasMagic(segment, Geometry.at(Geometry.SUPERBLOCK_COPY));
    }

    /// The one that counts: the whole one, and of two whole ones the larger, since a growth stores the copy first.
    ///
    /// @throws CorruptionException where neither is whole
    public static Superblock.Contents decode(MemorySegment segment) {
        Superblock.Contents first = whole(segment, Geometry.at(Geometry.SUPERBLOCK));
        Superblock.Contents copy = whole(segment, Geometry.at(Geometry.SUPERBLOCK_COPY));
        if (first == null && copy == null) {
            return Superblock.decode(segment, Geometry.at(Geometry.SUPERBLOCK));
        }
        return first == null || copy != null && copy.geometry().blockCount() > first.geometry().blockCount()
                ? copy : first;
    }

    /// @return null where it is damaged
    private static Superblock.Contents whole(MemorySegment segment, long at) {
        try {
            return Superblock.decode(segment, at);
        } catch (CorruptionException damaged) {
            return null;
        }
    }

    /// Brings both to the same contents, durably: two drains. Nothing where they hold them already.
    public static void store(Medium medium, Superblock.Contents contents) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment s = arena.allocate(Superblock.BYTES, Medium.LINE_BYTES);
            Superblock.encode(contents, s, 0);
            boolean isDone = holds(medium, Geometry.SUPERBLOCK_COPY, s) && holds(medium, Geometry.SUPERBLOCK, s);
            // The copy too where only the other differs: a process that was killed may have left it in the cache.
            if (!isDone) {
                store(medium, Geometry.SUPERBLOCK_COPY, s);
                store(medium, Geometry.SUPERBLOCK, s);
            }
        }
    }

    private static boolean holds(Medium medium, long block, MemorySegment s) {
        return medium.metadata().segment().asSlice(Geometry.at(block), Superblock.BYTES).mismatch(s) < 0;
    }

    private static void store(Medium medium, long block, MemorySegment s) {
        medium.metadata().stream(Geometry.at(block), s, 0, Superblock.BYTES);
        medium.drain();
    }
}
