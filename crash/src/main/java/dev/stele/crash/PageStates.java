package dev.stele.crash;

import dev.stele.node.FileType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What an image file may hold after a power cut: one of some moments that a checkpoint may have kept, exactly, but for
/// the words of files stored to in place since the oldest of them, which may hold any value they had since.
final class PageStates {
    private final String what;
    /// Those that a checkpoint may have kept.
    private final List<Moment> kept;
    /// From the oldest of these to the newest there is: a file's bytes may be of any.
    private final List<Moment> since;
    private final long[] loose;
    private final long id;

    /// @param what for people
    /// @param bits which moments a checkpoint may have kept
    /// @param moments all up to now
    PageStates(String what, long bits, List<Moment> moments) {
        this.what = what;
        this.kept = new ArrayList<>();
        for (int i = 0; i < moments.size(); i++) {
            if ((bits >>> i & 1) != 0) {
                kept.add(moments.get(i));
            }
        }
        this.since = moments.subList(Long.numberOfTrailingZeros(bits), moments.size());
        this.loose = findLoose();
        this.id = hash();
    }

    /// Files that are kept and were stored to in place, or whose times of change are in memory only.
    private long[] findLoose() {
        Map<Long, byte[]> first = new TreeMap<>();
        Map<Long, Boolean> found = new TreeMap<>();
        for (Moment each : since) {
            each.tree().forEach(node -> {
                if (node.type == FileType.REGULAR) {
                    byte[] before = first.putIfAbsent(node.inode, node.bytes);
                    if (node.isLoose() || before != null && !Arrays.equals(before, node.bytes)) {
                        found.put(node.inode, true);
                    }
                }
            });
        }
        return found.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    private long hash() {
        long hash = kept.size();
        for (Moment each : kept) {
            hash = Mix.of(hash, each.digest().value(loose, 0));
        }
        for (long inode : loose) {
            for (Node each : versions(inode)) {
                hash = Mix.of(Mix.of(hash, inode), Arrays.hashCode(each.bytes));
            }
        }
        return hash;
    }

    private List<Node> versions(long inode) {
        List<Node> found = new ArrayList<>();
        for (Moment each : since) {
            Node[] node = new Node[1];
            each.tree().forEach(one -> node[0] = one.inode == inode && !one.isDirectory() ? one : node[0]);
            if (node[0] != null && (found.isEmpty() || found.getLast().bytes != node[0].bytes)) {
                found.add(node[0]);
            }
        }
        return found;
    }

    /// Differs where anything else does.
    long id() {
        return id;
    }

    /// Inodes of files whose bytes are compared word by word.
    long[] loose() {
        return loose;
    }

    /// @param digest of the volume, taken without the [#loose()] files
    /// @throws Wrong where it is none of those
    void requireKept(TreeDigest digest) {
        long found = digest.value(loose, 0);
        for (Moment each : kept) {
            if (each.digest().value(loose, 0) == found) {
                return;
            }
        }
        throw new Wrong("none of the " + kept.size() + " states that a checkpoint may have kept: " + what
                + "; against the newest: "
                + digest.difference(kept.getLast().digest(), loose, kept.getLast().tree()::nameOf)
                + "; against the oldest: "
                + digest.difference(kept.getFirst().digest(), loose, kept.getFirst().tree()::nameOf));
    }

    /// @throws Wrong where a word of a loose file is not one that it held
    void requireWords(long inode, byte[] content) {
        List<Node> versions = versions(inode);
        for (int index = 0; index * Words.BYTES < content.length; index++) {
            long word = Words.get(content, index);
            long mask = Words.mask(index, 0, content.length);
            int at = index;
            if (versions.stream().noneMatch(each -> ((Words.get(each.bytes, at) ^ word) & mask) == 0)) {
                throw new Wrong(since.getLast().tree().nameOf(inode) + " holds " + Long.toHexString(word) + " at "
                        + index * Words.BYTES + (word == Start.MAGIC ? ", from a freed block" : ", which it never did")
                        + ": " + what);
            }
        }
    }
}
