package dev.stele.model;

import dev.stele.node.FileType;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// An inode as the model sees it: plain Java, no cleverness.
final class ModelNode {
    final FileType type;
    final Map<String, ModelNode> entries = new TreeMap<>();
    final Map<String, byte[]> xattrs = new TreeMap<>();
    ModelNode parent;
    byte[] bytes = new byte[0];
    byte[] target;
    int permissions;
    int uid;
    int gid;
    int links = 1;
    boolean sealed;
    /// The volume's number for it.
    long inode;

    ModelNode(FileType type, int permissions) {
        this.type = type;
        this.permissions = permissions;
        this.links = type == FileType.DIRECTORY ? 2 : 1;
    }

    boolean isDirectory() {
        return type == FileType.DIRECTORY;
    }

    void resize(int size) {
        bytes = Arrays.copyOf(bytes, size);
    }

    void write(int offset, byte[] from) {
        if (from.length > 0) {
            if (offset + from.length > bytes.length) {
                resize(offset + from.length);
            }
            System.arraycopy(from, 0, bytes, offset, from.length);
        }
    }

    void zero(int offset, int end) {
        if (offset < Math.min(end, bytes.length)) {
            Arrays.fill(bytes, offset, Math.min(end, bytes.length), (byte) 0);
        }
    }

    boolean isOrIsBelow(ModelNode above) {
        for (ModelNode node = this; node != null; node = node.parent) {
            if (node == above) {
                return true;
            }
        }
        return false;
    }
}
