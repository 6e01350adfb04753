package dev.stele.crash.images;

import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Looks at everything a volume shows: every directory from the root on, every name in it once more by itself, every
/// attribute, every file's bytes. An answer may be refused by a `VolumeException` and by nothing else.
final class Look {
    /// Beyond it a file of a volume of 1 MiB has nothing but holes.
    private static final int CONTENT_BYTES = 1 << 20;
    private static final int MAX_NODES = 4_000;
    private static final int MAX_LINKS = 40_000;
    private static final Name ABSENT = Name.of("not there");

    private final MemorySegment buffer = Arena.ofAuto().allocate(CONTENT_BYTES, 64);
    private final Map<Long, Node> nodes = new LinkedHashMap<>();
    private final ArrayDeque<Node> waiting = new ArrayDeque<>();
    private Volume volume;
    private int linkCount;
    private int refusals;
    private String refusal;

    private interface Step {
        void run();
    }

    /// Replaces what was seen before.
    void at(Volume newVolume) {
        volume = newVolume;
        nodes.clear();
        waiting.clear();
        linkCount = 0;
        refusals = 0;
        refusal = null;
        found(volume.root(), 0);
        while (!waiting.isEmpty()) {
            visit(waiting.remove());
        }
        attempt("statistics", volume::statistics);
    }

    Collection<Node> nodes() {
        return nodes.values();
    }

    Map<Long, Node> copyOfNodes() {
        return new HashMap<>(nodes);
    }

    /// @return null where no name led to it
    Node node(long inode) {
        return nodes.get(inode);
    }

    /// What was refused first, null where nothing was.
    String refusal() {
        return refusal;
    }

    int refusals() {
        return refusals;
    }

    private boolean attempt(String what, Step step) {
        try {
            step.run();
            return true;
        } catch (VolumeException refused) {
            if (refusals++ == 0) {
                refusal = what + ": " + refused.getMessage();
            }
            return false;
        }
    }

    private void found(long inode, long directory) {
        if (nodes.size() < MAX_NODES && !nodes.containsKey(inode)) {
            Node node = new Node(inode, directory);
            nodes.put(inode, node);
            waiting.add(node);
        }
    }

    private void visit(Node node) {
        Attributes attributes = new Attributes();
        if (attempt("attributes", () -> volume.attributes(node.inode, attributes))) {
            node.attributes = attributes;
        }
        attempt("xattrs", () -> node.xattrs = xattrs(node.inode));
        FileType type = node.attributes == null ? null : attributes.type();
        if (type == FileType.DIRECTORY) {
            attempt("listing", () -> directory(node));
            attempt("parent", () -> node.parent = volume.parent(node.inode));
        } else if (type == FileType.REGULAR) {
            attempt("content", () -> node.content = content(node.inode, attributes.sizeBytes));
            attempt("extents", () -> node.extents = volume.extents(node.inode, 0, Long.MAX_VALUE));
            attempt("seek", () -> {
                volume.seekData(node.inode, 0);
                volume.seekHole(node.inode, 0);
            });
        } else if (type == FileType.SYMLINK) {
            attempt("target", () -> node.content = volume.readlink(node.inode));
        }
    }

    private void directory(Node node) {
        List<Node.Link> links = new ArrayList<>();
        List<Name> names = new ArrayList<>();
        try {
            volume.readDirectory(node.inode, 0, (name, inode, type, cookie) -> {
                links.add(new Node.Link(name.toString(), inode, type));
                names.add(name);
                return ++linkCount < MAX_LINKS;
            });
            node.links = links;
        } finally {
            for (int i = 0; i < links.size(); i++) {
                found(links.get(i).inode(), node.inode);
            }
        }
        for (int i = 0; i < names.size(); i++) {
            Name name = names.get(i);
            long expected = links.get(i).inode();
            attempt("lookup", () -> {
                long found = volume.lookup(node.inode, name);
                if (found != 0 && found % 2 == 0) {
                    volume.unpin(volume.lookupAndPin(node.inode, name));
                }
                if (found != expected) {
                    links.add(new Node.Link(name + " when looked up", found, 0));
                }
            });
        }
        attempt("lookup of nothing", () -> volume.lookup(node.inode, ABSENT));
    }

    private byte[] content(long inode, long sizeBytes) {
        long count = volume.read(inode, 0, buffer, 0, buffer.byteSize());
        byte[] content = buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        if (sizeBytes > buffer.byteSize()) {
            volume.read(inode, sizeBytes - 5000, buffer, 0, 10_000);
            volume.read(inode, sizeBytes >>> 1, buffer, 0, 10_000);
        }
        return content;
    }

    private Map<String, byte[]> xattrs(long inode) {
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        for (Name name : volume.listXattrs(inode)) {
            xattrs.put(name.toString(), volume.getXattr(inode, name));
        }
        return xattrs;
    }
}
