package dev.stele.crash.mutants.inside;

import dev.stele.format.Geometry;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.volume.Volume;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What stands behind the ends of files in their last blocks, which only mappings show (P8, D9): zeros, or, where a
/// power cut tore an operation, bytes of the same file.
final class Tails {
    private final Map<String, byte[]> behind = new TreeMap<>();
    private final Map<String, Long> sizes = new HashMap<>();

    /// @param bytes of the medium
    static Tails of(Volume volume, MemorySegment bytes) {
        Tails tails = new Tails();
        tails.take(volume, bytes, volume.root(), "");
        return tails;
    }

    private void take(Volume volume, MemorySegment bytes, long directory, String path) {
        Map<String, Long> found = new TreeMap<>();
        volume.readDirectory(directory, 0, (name, inode, type, cookie) -> {
            found.put(path + "/" + name, inode);
            return true;
        });
        Attributes attributes = new Attributes();
        found.forEach((name, inode) -> {
            volume.attributes(inode, attributes);
            if (attributes.type() == FileType.DIRECTORY) {
                take(volume, bytes, inode, name);
            } else if (attributes.type() == FileType.REGULAR) {
                take(name, inode, attributes.sizeBytes, volume, bytes);
            }
        });
    }

    private void take(String name, long inode, long sizeBytes, Volume volume, MemorySegment bytes) {
        long within = sizeBytes & Geometry.BLOCK_BYTES - 1;
        long blockAt = sizeBytes - within;
        List<Volume.FileExtent> last = within == 0 ? List.of() : volume.extents(inode, blockAt, within);
        if (!last.isEmpty() && !last.getFirst().unwritten()) {
            long at = last.getFirst().mediumOffset() + blockAt - last.getFirst().fileOffset();
            behind.put(name, bytes.asSlice(at + within, Geometry.BLOCK_BYTES - within)
                    .toArray(ValueLayout.JAVA_BYTE));
            sizes.put(name, sizeBytes);
        }
    }

    /// @param own what files were before, and were to become when a power cut tore that; none where nothing was torn
    /// @throws IllegalStateException where something else stands behind the end of a file
    void require(List<Snapshot> own) {
        behind.forEach((name, bytes) -> {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] != 0 && !isOf(name, sizes.get(name) + i, bytes[i], own)) {
                    throw new IllegalStateException(name + " has " + sizes.get(name)
                            + " bytes, and behind its end byte " + (sizes.get(name) + i) + " is not zero");
                }
            }
        });
    }

    private static boolean isOf(String name, long offset, byte value, List<Snapshot> own) {
        for (Snapshot each : own) {
            if (each.has(name, offset, value)) {
                return true;
            }
        }
        return false;
    }

    boolean equalsAll(Tails other) {
        return behind.keySet().equals(other.behind.keySet()) && behind.entrySet().stream()
                .allMatch(each -> java.util.Arrays.equals(each.getValue(), other.behind.get(each.getKey())));
    }
}
