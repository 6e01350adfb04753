package dev.stele.crash;

import dev.stele.node.FileType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// An inode as it should be, kept in memory. A regular file knows its content as programs see it and, for each aligned
/// word that is not durable, every value that a power cut may leave instead.
final class Node {
    private static final int MAX_CANDIDATES = 64;

    final FileType type;
    final Map<String, Node> entries = new TreeMap<>();
    final Map<String, byte[]> xattrs = new TreeMap<>();
    Node parent;
    /// Content of a file or target of a link. Never changed in place: copies of the node share it.
    byte[] bytes = new byte[0];
    int permissions;
    int uid;
    int gid;
    int links;
    boolean sealed;
    /// Whether the times of its last change are kept in memory only, until a sync.
    boolean looseTimes;
    /// Whether stores through a mapping may wait to be noted: the next sync moves the times then.
    boolean wasMapped;
    /// The volume's number for it.
    long inode;
    /// By index of the word; each array holds the word as programs see it among others.
    private Map<Integer, long[]> candidates = new HashMap<>();

    Node(FileType type, int permissions) {
        this.type = type;
        this.permissions = permissions;
        this.links = type == FileType.DIRECTORY ? 2 : 1;
    }

    /// Without parent and entries.
    Node copyAlone() {
        Node copy = new Node(type, permissions);
        copy.xattrs.putAll(xattrs);
        copy.bytes = bytes;
        copy.uid = uid;
        copy.gid = gid;
        copy.links = links;
        copy.sealed = sealed;
        copy.looseTimes = looseTimes;
        copy.wasMapped = wasMapped;
        copy.inode = inode;
        copy.candidates.putAll(candidates);
        return copy;
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    /// Whether a power cut now may leave something else than programs see.
    boolean isLoose() {
        return looseTimes || !candidates.isEmpty();
    }

    /// Whether a power cut may leave this word, as far as `mask` says that it counts.
    boolean allows(int index, long word, long mask) {
        long[] values = candidates.get(index);
        if (values == null) {
            return ((Words.get(bytes, index) ^ word) & mask) == 0;
        }
        for (long each : values) {
            if (((each ^ word) & mask) == 0) {
                return true;
            }
        }
        return false;
    }

    /// A number that changes with everything [#allows] depends on.
    long allowance() {
        long sum = Arrays.hashCode(bytes) * 31L + inode;
        for (Map.Entry<Integer, long[]> each : candidates.entrySet()) {
            sum += Mix.of(each.getKey(), Arrays.hashCode(each.getValue()));
        }
        return sum;
    }

    /// Stores bytes that are durable when the call returns, or were drained before.
    void store(int offset, byte[] from) {
        overlay(offset, from, false);
    }

    /// Stores bytes that become durable word by word, at any time from now on.
    void storeLoosely(int offset, byte[] from) {
        overlay(offset, from, true);
        looseTimes = true;
    }

    private void overlay(int offset, byte[] from, boolean loosely) {
        if (from.length == 0) {
            return;
        }
        byte[] now = Arrays.copyOf(bytes, Math.max(bytes.length, offset + from.length));
        System.arraycopy(from, 0, now, offset, from.length);
        int end = offset + from.length;
        for (int index = offset / Words.BYTES; index <= (end - 1) / Words.BYTES; index++) {
            long mask = Words.mask(index, offset, end);
            if (loosely || candidates.containsKey(index)) {
                change(index, Words.get(now, index), mask, loosely);
            }
        }
        bytes = now;
    }

    private void change(int index, long word, long mask, boolean keepsOld) {
        long[] before = candidates.getOrDefault(index, new long[] {Words.get(bytes, index)});
        long[] after = new long[before.length * 2];
        int count = 0;
        for (long each : before) {
            count = addTo(after, count, each & ~mask | word & mask);
        }
        for (int i = 0; keepsOld && i < before.length; i++) {
            count = addTo(after, count, before[i]);
        }
        if (count > MAX_CANDIDATES) {
            throw new IllegalStateException("a workload stores too often to one word without a sync");
        }
        if (count == 1) {
            candidates.remove(index);
        } else {
            candidates.put(index, Arrays.copyOf(after, count));
        }
    }

    private static int addTo(long[] values, int count, long value) {
        for (int i = 0; i < count; i++) {
            if (values[i] == value) {
                return count;
            }
        }
        values[count] = value;
        return count + 1;
    }

    /// Zeroes a part of what is there.
    void zero(int offset, int end) {
        int stop = Math.min(end, bytes.length);
        if (offset < stop) {
            store(offset, new byte[stop - offset]);
        }
    }

    void resize(int size) {
        if (size < bytes.length) {
            // What lies behind the end reads as zeros when the file grows again.
            int kept = size;
            zero(kept, bytes.length);
            candidates.keySet().removeIf(index -> (long) index * Words.BYTES >= kept);
        }
        bytes = Arrays.copyOf(bytes, size);
    }

    void collapse(int offset, int count) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - count);
        System.arraycopy(bytes, offset + count, shorter, offset, shorter.length - offset);
        bytes = shorter;
        Map<Integer, long[]> moved = new HashMap<>();
        candidates.forEach((index, values) -> {
            long at = (long) index * Words.BYTES;
            if (at < offset) {
                moved.put(index, values);
            } else if (at >= offset + count) {
                moved.put(index - count / Words.BYTES, values);
            }
        });
        candidates = moved;
    }

    void insert(int offset, int count) {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + count);
        System.arraycopy(bytes, offset, longer, offset + count, bytes.length - offset);
        Arrays.fill(longer, offset, offset + count, (byte) 0);
        bytes = longer;
        Map<Integer, long[]> moved = new HashMap<>();
        candidates.forEach((index, values) -> moved.put(
                (long) index * Words.BYTES < offset ? index : index + count / Words.BYTES, values));
        candidates = moved;
    }

    /// What was stored to the range is durable.
    void synced(long from, long to) {
        candidates.keySet().removeIf(index ->
                (long) index * Words.BYTES < to && ((long) index + 1) * Words.BYTES > from);
    }
}
