package dev.stele.cpu;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// What lies at an address of this process, as the kernel lists it in `/proc/self/maps` and `/proc/self/smaps`.
public final class AddressSpace {
    private static final Path MAPS = Path.of("/proc/self/maps");
    // the same with what was counted and flagged: some milliseconds, where the list alone is done in one
    private static final Path SMAPS = Path.of("/proc/self/smaps");
    private static final String FLAGS = "VmFlags:";
    private static final String DELETED = " (deleted)";

    /// One mapping, or the part of one that the kernel keeps as one.
    ///
    /// @param end behind its last byte
    /// @param isShared whether stores reach what is mapped
    /// @param deviceMajor of the file system that a mapped file lies on, else 0
    /// @param deviceMinor of the file system that a mapped file lies on, else 0
    /// @param inode 0 where no file is mapped
    /// @param path as it was when it was mapped; empty, or in brackets, where no file is
    /// @param isSync whether it was mapped with MAP_SYNC
    public record Region(long start, long end, boolean isShared, int deviceMajor, int deviceMinor, long inode,
            String path, boolean isSync) {
        private Region sync() {
            return new Region(start, end, isShared, deviceMajor, deviceMinor, inode, path, true);
        }
    }

    private AddressSpace() {
    }

    /// The mappings that a segment lies on, in order. What other threads map or unmap meanwhile elsewhere is of no
    /// matter; the segment is the caller's to keep mapped.
    ///
    /// @throws VolumeException EOPNOTSUPP where the kernel does not tell, EINVAL where part of the segment is not
    ///     mapped
    public static List<Region> under(MemorySegment segment) {
        long from = segment.address();
        long to = from + segment.byteSize();
        List<Region> found = read(MAPS, from, to);
        if (found.stream().anyMatch(each -> each.isShared && each.inode != 0)) {
            found = read(SMAPS, from, to);
        }
        long covered = from;
        for (Region each : found) {
            if (each.start > covered) {
                break;
            }
            covered = each.end;
        }
        if (covered < to) {
            throw new VolumeException(Errno.EINVAL,
                    "nothing is mapped at address " + HexFormat.of().toHexDigits(covered) + " of the segment");
        }
        return found;
    }

    private static List<Region> read(Path list, long from, long to) {
        try (Stream<String> lines = Files.lines(list, StandardCharsets.ISO_8859_1)) {
            return parse(lines.iterator(), from, to);
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new VolumeException(Errno.EOPNOTSUPP, list + " cannot be read: " + e.getMessage());
        }
    }

    /// The mappings that share an address with `[from, to)`; an empty range lies on the one of its address.
    static List<Region> parse(Iterator<String> lines, long from, long to) {
        List<Region> found = new ArrayList<>();
        boolean isLast = false;
        while (lines.hasNext()) {
            String line = lines.next();
            Region region = region(line);
            if (region != null) {
                isLast = Long.compareUnsigned(region.start, from) <= 0 && Long.compareUnsigned(from, region.end) < 0
                        || Long.compareUnsigned(from, region.start) < 0 && Long.compareUnsigned(region.start, to) < 0;
                if (isLast) {
                    found.add(region);
                }
            } else if (isLast && line.startsWith(FLAGS) && List.of(line.split(" ")).contains("sf")) {
                found.add(found.removeLast().sync());
            }
        }
        return found;
    }

    /// `7f00-7f01 rw-s 00000000 fe:00 2146438   /path`, or null where the line is of another kind.
    private static Region region(String line) {
        String[] words = line.split(" +", 6);
        int dash = words[0].indexOf('-');
        if (words.length < 5 || dash < 0 || words[1].length() != 4) {
            return null;
        }
        int colon = words[3].indexOf(':');
        String path = words.length == 6 ? words[5] : "";
        return new Region(Long.parseUnsignedLong(words[0], 0, dash, 16),
                Long.parseUnsignedLong(words[0], dash + 1, words[0].length(), 16), words[1].charAt(3) == 's',
                Integer.parseInt(words[3], 0, colon, 16),
                Integer.parseInt(words[3], colon + 1, words[3].length(), 16), Long.parseLong(words[4]),
                path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path, false);
    }
}
