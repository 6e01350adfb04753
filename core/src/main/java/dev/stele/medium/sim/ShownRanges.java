package dev.stele.medium.sim;

import dev.stele.cpu.Native;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which addresses of this process show which bytes of one file, as the kernel tells it (`/proc/self/maps`): a flush is
/// by address, and the simulator's lines are by place on the medium.
///
/// @param lines of the file's shared mappings
record ShownRanges(List<String> lines) {
    /// Takes a range of the file.
    interface Visitor {
        void range(long at, long byteCount);
    }

    static ShownRanges of(int descriptor) {
        String inode = " " + Native.status(descriptor).inode() + " ";
        try {
            return new ShownRanges(Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .filter(line -> line.contains(inode) && line.contains("s ") && line.contains("/memfd:")).toList());
        } catch (IOException e) {
            throw new VolumeException(Errno.EIO, "the kernel does not tell what is mapped: " + e.getMessage());
        }
    }

    /// Whether every byte of the segment is one of the file's.
    boolean cover(MemorySegment segment) {
        long[] shown = new long[1];
        forEach(segment.address(), segment.byteSize(), (at, byteCount) -> shown[0] += byteCount);
        return shown[0] == segment.byteSize();
    }

    /// Calls the visitor for every part of the range of addresses that shows the file.
    void forEach(long address, long byteCount, Visitor visitor) {
        for (String line : lines) {
            String[] words = line.split(" +");
            int dash = words[0].indexOf('-');
            long start = Long.parseUnsignedLong(words[0], 0, dash, 16);
            long end = Long.parseUnsignedLong(words[0], dash + 1, words[0].length(), 16);
            long from = Math.max(address, start);
            long to = Math.min(address + byteCount, end);
            if (from < to) {
                visitor.range(Long.parseUnsignedLong(words[2], 16) + from - start, to - from);
            }
        }
    }
}
