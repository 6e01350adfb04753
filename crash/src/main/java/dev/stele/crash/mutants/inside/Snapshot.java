package dev.stele.crash.mutants.inside;

import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All a volume shows, but for times.
final class Snapshot {
    private static final int WORD_BYTES = 8;

    /// @param facts everything but its bytes
    private record Seen(String facts, byte[] bytes) {
        boolean equalsBytes(Seen other) {
            return facts.equals(other.facts) && Arrays.equals(bytes, other.bytes);
        }
    }

    private final Map<String, Seen> all = new TreeMap<>();

    static Snapshot of(Volume volume) {
        Snapshot snapshot = new Snapshot();
        snapshot.take(volume, volume.root(), "");
        return snapshot;
    }

    private void take(Volume volume, long directory, String path) {
        List<Map.Entry<String, Long>> found = new ArrayList<>();
        volume.readDirectory(directory, 0,
                (name, inode, type, cookie) -> found.add(Map.entry(name.toString(), inode)));
        for (Map.Entry<String, Long> each : found) {
            String name = path + "/" + each.getKey();
            Attributes attributes = new Attributes();
            volume.attributes(each.getValue(), attributes);
            String facts = attributes.type() + " " + attributes.permissions() + " " + attributes.linkCount + " "
                    + attributes.uid + " " + attributes.flags + " " + xattrs(volume, each.getValue());
            if (attributes.type() == FileType.DIRECTORY) {
                all.put(name, new Seen(facts, new byte[0]));
                take(volume, each.getValue(), name);
            } else {
                all.put(name, new Seen(facts, bytes(volume, each.getValue(), attributes)));
            }
        }
    }

    private static String xattrs(Volume volume, long inode) {
        Map<String, Integer> values = new TreeMap<>();
        for (Name each : volume.listXattrs(inode)) {
            values.put(each.toString(), Arrays.hashCode(volume.getXattr(inode, each)));
        }
        return values.toString();
    }

    private static byte[] bytes(Volume volume, long inode, Attributes attributes) {
        if (attributes.type() == FileType.SYMLINK) {
            return volume.readlink(inode);
        }
        if (attributes.type() != FileType.REGULAR) {
            return new byte[0];
        }
        byte[] bytes = new byte[(int) attributes.sizeBytes];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.max(1, bytes.length), WORD_BYTES);
            long count = volume.read(inode, 0, buffer, 0, bytes.length);
            if (count != bytes.length) {
                throw new IllegalStateException("read " + count + " of " + bytes.length + " bytes");
            }
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        }
        return bytes;
    }

    /// Whether this is one of the two, or, of files whose bytes may be mixed, one of the two word by word.
    boolean isBetween(Snapshot before, Snapshot after, boolean mayMix) {
        return equalsAll(before) || equalsAll(after) || mayMix && isMixOf(before, after);
    }

    boolean equalsAll(Snapshot other) {
        return all.keySet().equals(other.all.keySet())
                && all.entrySet().stream().allMatch(each -> each.getValue().equalsBytes(other.all.get(each.getKey())));
    }

    /// Whether all is alike that does not stand under a name.
    boolean equalsOutside(String path, Snapshot other) {
        return outside(path).equalsAll(other.outside(path));
    }

    private Snapshot outside(String path) {
        Snapshot rest = new Snapshot();
        all.forEach((name, seen) -> {
            if (!name.startsWith(path)) {
                rest.all.put(name, seen);
            }
        });
        return rest;
    }

    private boolean isMixOf(Snapshot before, Snapshot after) {
        if (!all.keySet().equals(before.all.keySet()) || !all.keySet().equals(after.all.keySet())) {
            return false;
        }
        for (Map.Entry<String, Seen> each : all.entrySet()) {
            if (!isMixOf(each.getValue(), before.all.get(each.getKey()), after.all.get(each.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isMixOf(Seen found, Seen before, Seen after) {
        if (found.equalsBytes(before) || found.equalsBytes(after)) {
            return true;
        }
        if (found.bytes.length != before.bytes.length || found.bytes.length != after.bytes.length) {
            return false;
        }
        for (int at = 0; at < found.bytes.length; at += WORD_BYTES) {
            int end = Math.min(at + WORD_BYTES, found.bytes.length);
            if (!Arrays.equals(found.bytes, at, end, before.bytes, at, end)
                    && !Arrays.equals(found.bytes, at, end, after.bytes, at, end)) {
                return false;
            }
        }
        return true;
    }

    /// Whether a file has this byte there.
    boolean has(String name, long offset, byte value) {
        Seen seen = all.get(name);
        return seen != null && offset < seen.bytes.length && seen.bytes[(int) offset] == value;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /// For people: what differs.
    String differs(Snapshot other) {
        for (Map.Entry<String, Seen> each : other.all.entrySet()) {
            Seen here = all.get(each.getKey());
            if (here == null) {
                return each.getKey() + " is missing";
            }
            if (!here.equalsBytes(each.getValue())) {
                return each.getKey() + ": " + here.facts + ", " + here.bytes.length + " bytes, first that differs "
                        + Arrays.mismatch(here.bytes, each.getValue().bytes);
            }
        }
        return all.keySet().equals(other.all.keySet()) ? "nothing" : "names that should not be there: " + all.keySet();
    }
}
