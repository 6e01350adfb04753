package dev.stele.crash;

import dev.stele.format.Geometry;
import dev.stele.format.JournalHeader;
import dev.stele.format.Layouts;
import dev.stele.medium.Medium;
import dev.stele.medium.sim.SimMedium;
import dev.stele.node.FileType;
import dev.stele.volume.Volume.FileExtent;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the trace of a run shows without any image. Whenever others can come to depend on an operation, because it
/// returned or because it let go of a lock:
///
/// - T1. a word of a line that nobody has flushed is a byte of a file that waits for a sync, or of what nobody owns any
///   more, or a durable record of the log has it;
/// - T2. a word that is flushed and not drained is such a byte, or the log's tail, or a durable record of the log has
///   it, whoever's drain it was that was relied on.
final class Trace {
    private static final long TAIL_AT = Geometry.at(Geometry.JOURNAL) + JournalHeader.TAIL_OFFSET;

    private final SimMedium medium;
    private final Geometry geometry;

    Trace(SimMedium medium, Geometry geometry) {
        this.medium = medium;
        this.geometry = geometry;
    }

    /// @param before extents of files before the operation, which may have removed them from the file
    void require(Stage stage, List<FileExtent> before) {
        List<FileExtent> data = extents(stage);
        data.addAll(before);
        data.addAll(stage.keptExtents);
        require(data, "returned");
    }

    /// @param data extents of files, whose bytes may wait for a sync
    /// @param when for people
    void require(List<FileExtent> data, String when) {
        LoggedWords logged = null;
        for (long word : medium.undurableWords()) {
            if (word != TAIL_AT && isStructure(word, data)) {
                logged = logged == null ? new LoggedWords(medium.durableBytes(), geometry) : logged;
                if (!logged.contains(word)) {
                    throw new Wrong(when + ", and the word at byte " + word + (isFlushed(word)
                            ? " is neither drained, by the thread that flushed it, nor in the log"
                            : " was stored to and never flushed, and is not in the log"));
                }
            }
        }
    }

    private boolean isFlushed(long word) {
        long line = word & -Medium.LINE_BYTES;
        return Arrays.stream(medium.unflushedLines()).noneMatch(each -> each == line);
    }

    private boolean isStructure(long at, List<FileExtent> data) {
        return !isFree(Geometry.blockOf(at)) && data.stream().noneMatch(each ->
                at >= each.mediumOffset() && at < each.mediumOffset() + each.byteCount());
    }

    /// Whether the block belongs to nobody: a file that is gone may have left stores behind.
    private boolean isFree(long block) {
        MemorySegment bytes = medium.metadata().segment();
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
        stage.pinned.forEach(inode -> data.addAll(stage.volume.extents(inode, 0, Long.MAX_VALUE)));
        return data;
    }
}
