package dev.stele.crash.images;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.Run;
import dev.stele.format.TreeNode;
import dev.stele.format.XattrBlock;
import java.lang.foreign.MemorySegment;

/// What each inode of a whole image stands in, read from the format alone.
final class Ownership {
    private final MemorySegment s;
    private final long sizeBytes;

    Ownership(MemorySegment s) {
        this.s = s;
        this.sizeBytes = s.byteSize();
    }

    Cells of(long inode, boolean isDirectory) {
        Cells cells = new Cells(sizeBytes);
        long at = Inode.at(inode);
        cells.add(at, Inode.BYTES);
        for (long block = Inode.xattrBlock(s, at); block != 0; block = XattrBlock.next(s, Geometry.at(block))) {
            cells.add(Geometry.at(block), Geometry.BLOCK_BYTES);
        }
        if (!Inode.isInline(s, at)) {
            entries(Inode.rootEntryAt(at, 0), Inode.rootCount(s, at), Inode.rootDepth(s, at), isDirectory, cells);
        }
        return cells;
    }

    private void entries(long firstAt, int count, int level, boolean isDirectory, Cells cells) {
        for (int i = 0; i < count; i++) {
            long value = s.get(Layouts.U64, firstAt + (long) i * TreeNode.ENTRY_BYTES + 8);
            if (level > 0) {
                long at = Geometry.at(value);
                cells.add(at, Geometry.BLOCK_BYTES);
                entries(at + TreeNode.HEADER_BYTES, TreeNode.count(s, at), level - 1, isDirectory, cells);
            } else if (isDirectory) {
                cells.add(Geometry.at(value), Geometry.BLOCK_BYTES);
            } else {
                cells.add(Geometry.at(Run.start(value)), Geometry.at(Run.count(value)));
            }
        }
    }
}
