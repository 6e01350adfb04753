package dev.stele.nio;

import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The locked ranges of a volume's files. A volume has one process, so this is every lock there is: none overlaps
/// another, whoever holds them, and nobody ever waits.
final class FileLocks {
    /// One locked range. Holds no channel, so that a channel which is lost can be collected and its locks with it.
    static final class Range {
        private final OpenFile file;
        private final long position;
        private final long size;
        private volatile boolean held = true;

        private Range(OpenFile file, long position, long size) {
            this.file = file;
            this.position = position;
            this.size = size;
        }

        boolean isHeld() {
            return held;
        }

        /// Both ends may lie beyond 2^63, so the far ends are compared by what is left.
        private boolean overlaps(long otherPosition, long otherSize) {
            return position <= otherPosition
                    ? otherPosition - position < size
                    : position - otherPosition < otherSize;
        }
    }

    private final Map<Long, List<Range>> rangesByInode = new ConcurrentHashMap<>();

    /// @throws OverlappingFileLockException if any lock of this process overlaps, shared or not
    Range add(OpenFile file, long position, long size) {
        Range range = new Range(file, position, size);
        rangesByInode.compute(file.inode(), (inode, known) -> {
            List<Range> ranges = known == null ? new ArrayList<>(1) : known;
            if (ranges.stream().anyMatch(each -> each.overlaps(position, size))) {
                throw new OverlappingFileLockException();
            }
            ranges.add(range);
            return ranges;
        });
        return range;
    }

    void remove(Range range) {
        range.held = false;
        rangesByInode.computeIfPresent(range.file.inode(), (inode, ranges) -> {
            ranges.remove(range);
            return ranges.isEmpty() ? null : ranges;
        });
    }

    void removeAll(OpenFile file) {
        if (rangesByInode.isEmpty()) {
            return;
        }
        rangesByInode.computeIfPresent(file.inode(), (inode, ranges) -> {
            ranges.removeIf(range -> {
                range.held &= range.file != file;
                return range.file == file;
            });
            return ranges.isEmpty() ? null : ranges;
        });
    }
}
