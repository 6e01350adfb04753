package dev.stele.crash.images;

import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.volume.Volume.FileExtent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One inode as a volume showed it. What it did not show, because it refused with an error, is null.
final class Node {
    /// A name and where it led.
    record Link(String name, long inode, int type) {
    }

    final long inode;
    /// A directory it was found in, 0 for the root.
    final long directory;
    Attributes attributes;
    /// Of a directory: in the order of its listing.
    List<Link> links;
    /// Of a file: its first bytes; of a symbolic link its target.
    byte[] content;
    List<FileExtent> extents;
    Map<String, byte[]> xattrs;
    /// Inode of the directory's parent.
    long parent;
    /// What a whole volume has it stand in: itself, its tree, its blocks.
    Cells own;
    /// Of a directory: what it and all above it stand in.
    Cells path;

    Node(long inode, long directory) {
        this.inode = inode;
        this.directory = directory;
    }

    boolean isDirectory() {
        return attributes != null && attributes.type() == FileType.DIRECTORY;
    }

    boolean isRegular() {
        return attributes != null && attributes.type() == FileType.REGULAR;
    }

    /// Attributes that nobody but their owner changes, and the links where they were counted.
    boolean hasSame(Attributes other, boolean countsLinks) {
        Attributes mine = attributes;
        return mine.mode == other.mode && mine.uid == other.uid && mine.gid == other.gid
                && mine.sizeBytes == other.sizeBytes && mine.device == other.device
                && mine.accessTimeNanos == other.accessTimeNanos && mine.birthTimeNanos == other.birthTimeNanos
                && mine.generation == other.generation && mine.flags == other.flags
                && (!countsLinks || mine.linkCount == other.linkCount && mine.blockCount == other.blockCount
                && mine.modifyTimeNanos == other.modifyTimeNanos && mine.changeTimeNanos == other.changeTimeNanos);
    }

    boolean hasSameLinks(Node other) {
        return sorted().equals(other.sorted());
    }

    private Map<String, Link> sorted() {
        Map<String, Link> sorted = new TreeMap<>();
        links.forEach(link -> sorted.put(link.name, link));
        return sorted;
    }

    boolean hasSameXattrs(Node other) {
        if (!xattrs.keySet().equals(other.xattrs.keySet())) {
            return false;
        }
        List<String> differ = new ArrayList<>();
        xattrs.forEach((name, value) -> {
            if (!java.util.Arrays.equals(value, other.xattrs.get(name))) {
                differ.add(name);
            }
        });
        return differ.isEmpty();
    }

    static String describe(Attributes a) {
        return "mode " + Integer.toOctalString(a.mode) + ", links " + a.linkCount + ", owner " + a.uid + ":" + a.gid
                + ", size " + a.sizeBytes + ", blocks " + a.blockCount + ", device " + a.device + ", generation "
                + a.generation + ", flags " + a.flags;
    }
}
