package dev.stele.check;

import dev.stele.format.DirectoryBlock;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;

/// How fields of an inode that contradict each other are read, the same way by the check and by the repair.
final class Mending {
    private Mending() {
    }

    /// Whether the payload is bytes: the flag, where the rest does not rule it out.
    static boolean isInline(MemorySegment s, long at) {
        return Inode.isInline(s, at) && Kind.hasData(Kind.ofMode(Inode.mode(s, at)))
                && Inode.size(s, at) <= Inode.PAYLOAD_BYTES && Inode.size(s, at) >= 0;
    }

    /// The type of an inode whose mode names none: a directory if its first block is one of its own.
    static int likelyType(Image image, Geometry geometry, MemorySegment s, long at, long number) {
        long first = (long) Layouts.WORD.get(s, Inode.rootEntryAt(at, 0) + 8);
        if (Inode.rootDepth(s, at) == 0 && Inode.rootCount(s, at) > 0 && geometry.isUsable(first)) {
            MemorySegment block = image.block();
            image.read(first, block);
            if (DirectoryBlock.hasMagic(block, 0) && DirectoryBlock.owner(block, 0) == number) {
                return Kind.DIRECTORY;
            }
        }
        return Kind.REGULAR;
    }
}
