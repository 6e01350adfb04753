package dev.stele.crash;

import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.node.FileType;
import dev.stele.volume.Volume.FileExtent;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What the trace of a run shows without any image: when an operation returns, a line that nobody has flushed holds
/// bytes of a file that wait for a sync, or that nobody owns any more, never a structure of the volume.
final class Trace {
    private Trace() {
    }

    /// @param before extents of files before the operation, which may have removed them from the file
    static void require(Stage stage, List<FileExtent> before) {
        long[] lines = stage.medium.unflushedLines();
        if (lines.length == 0) {
            return;
        }
        List<FileExtent> data = extents(stage);
        data.addAll(before);
        data.addAll(stage.keptExtents);
        for (long line : lines) {
            if (!isFree(stage, Geometry.blockOf(line)) && data.stream().noneMatch(each ->
                    line >= each.mediumOffset() && line < each.mediumOffset() + each.byteCount())) {
                throw new Wrong("returned, and the line at byte " + line + " was stored to and never flushed");
            }
        }
    }

    /// Whether the block belongs to nobody: a file that is gone may have left stores behind.
    private static boolean isFree(Stage stage, long block) {
        MemorySegment bytes = stage.medium.metadata().segment();
        long word = (long) Layouts.WORD.get(bytes, Geometry.blockBitmapAt(Geometry.groupOf(block))
                + (Geometry.bitOf(block) >>> 6) * 8L);
        // Fixed blocks have no meaning in the bitmap.
        return block >= Start.FIRST_USABLE_BLOCK && (word >>> (block & 63) & 1) == 0;
    }

    /// What files own.
    static List<FileExtent> extents(Stage stage) {
        List<FileExtent> data = new ArrayList<>();
        stage.tree.forEach(node -> {
            if (node.type == FileType.REGULAR) {
                data.addAll(stage.volume.extents(node.inode, 0, Long.MAX_VALUE));
            }
        });
        return data;
    }
}
