package dev.stele.model;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.FileType;
import dev.stele.volume.Volume.RenameMode;
import dev.stele.volume.Volume.XattrMode;
import java.util.Arrays;

/// What a volume should be, kept in memory: each operation does the same to [ModelNode]s and fails with the errno that
/// Linux gives.
final class Model {
    static final int BLOCK = 4096;
    private static final int SET_GID = 02000;

    final ModelNode root = new ModelNode(FileType.DIRECTORY, 0755);

    /// A set-group-id directory hands its group down, and to directories the bit.
    ModelNode add(ModelNode dir, String name, FileType type, int permissions, int gid) {
        requireDirectory(dir);
        if (dir.entries.containsKey(name)) {
            throw new VolumeException(Errno.EEXIST);
        }
        int setGid = dir.permissions & SET_GID;
        ModelNode node = new ModelNode(type, type == FileType.DIRECTORY ? permissions | setGid : permissions);
        node.gid = setGid == 0 ? gid : dir.gid;
        dir.entries.put(name, node);
        if (type == FileType.DIRECTORY) {
            node.parent = dir;
            dir.links++;
        }
        return node;
    }

    void link(ModelNode node, ModelNode dir, String name) {
        requireDirectory(dir);
        if (node.isDirectory()) {
            throw new VolumeException(Errno.EPERM);
        }
        if (dir.entries.containsKey(name)) {
            throw new VolumeException(Errno.EEXIST);
        }
        dir.entries.put(name, node);
        node.links++;
    }

    void unlink(ModelNode dir, String name) {
        ModelNode node = require(dir, name);
        if (node.isDirectory()) {
            throw new VolumeException(Errno.EISDIR);
        }
        dir.entries.remove(name);
        node.links--;
    }

    void rmdir(ModelNode dir, String name) {
        ModelNode node = require(dir, name);
        if (!node.isDirectory()) {
            throw new VolumeException(Errno.ENOTDIR);
        }
        if (!node.entries.isEmpty()) {
            throw new VolumeException(Errno.ENOTEMPTY);
        }
        dir.entries.remove(name);
        dir.links--;
        node.links = 0;
    }

    void rename(ModelNode fromDir, String from, ModelNode toDir, String to, RenameMode mode) {
        requireDirectory(toDir);
        ModelNode moved = require(fromDir, from);
        ModelNode old = toDir.entries.get(to);
        if (old != null && mode == RenameMode.NOREPLACE) {
            throw new VolumeException(Errno.EEXIST);
        }
        if (old == null && mode == RenameMode.EXCHANGE) {
            throw new VolumeException(Errno.ENOENT);
        }
        if (moved == old) {
            return;
        }
        if (moved.isDirectory() && toDir != fromDir && toDir.isOrIsBelow(moved)) {
            throw new VolumeException(Errno.EINVAL);
        }
        if (mode == RenameMode.EXCHANGE) {
            if (old.isDirectory() && toDir != fromDir && fromDir.isOrIsBelow(old)) {
                throw new VolumeException(Errno.EINVAL);
            }
            fromDir.entries.put(from, old);
            toDir.entries.put(to, moved);
            reparent(old, toDir, fromDir);
            reparent(moved, fromDir, toDir);
            return;
        }
        if (old != null) {
            if (old.isDirectory() != moved.isDirectory()) {
                throw new VolumeException(moved.isDirectory() ? Errno.ENOTDIR : Errno.EISDIR);
            }
            if (old.isDirectory() && !old.entries.isEmpty()) {
                throw new VolumeException(Errno.ENOTEMPTY);
            }
            old.links = old.isDirectory() ? 0 : old.links - 1;
            if (old.isDirectory()) {
                toDir.links--;
            }
        }
        fromDir.entries.remove(from);
        toDir.entries.put(to, moved);
        reparent(moved, fromDir, toDir);
    }

    private static void reparent(ModelNode node, ModelNode from, ModelNode to) {
        if (node.isDirectory()) {
            from.links--;
            to.links++;
            node.parent = to;
        }
    }

    void requireFile(ModelNode node) {
        if (node.isDirectory()) {
            throw new VolumeException(Errno.EISDIR);
        }
        if (node.type != FileType.REGULAR) {
            throw new VolumeException(Errno.EINVAL);
        }
    }

    void requireUnsealed(ModelNode node) {
        if (node.sealed) {
            throw new VolumeException(Errno.ETXTBSY);
        }
    }

    void collapse(ModelNode node, int offset, int count) {
        requireFile(node);
        requireUnsealed(node);
        if (offset % BLOCK != 0 || count % BLOCK != 0 || count == 0 || offset + count >= node.bytes.length) {
            throw new VolumeException(Errno.EINVAL);
        }
        byte[] shorter = Arrays.copyOf(node.bytes, node.bytes.length - count);
        System.arraycopy(node.bytes, offset + count, shorter, offset, shorter.length - offset);
        node.bytes = shorter;
    }

    void insert(ModelNode node, int offset, int count) {
        requireFile(node);
        requireUnsealed(node);
        if (offset % BLOCK != 0 || count % BLOCK != 0 || count == 0 || offset >= node.bytes.length) {
            throw new VolumeException(Errno.EINVAL);
        }
        byte[] longer = Arrays.copyOf(node.bytes, node.bytes.length + count);
        System.arraycopy(node.bytes, offset, longer, offset + count, node.bytes.length - offset);
        Arrays.fill(longer, offset, offset + count, (byte) 0);
        node.bytes = longer;
    }

    void setXattr(ModelNode node, String name, byte[] value, XattrMode mode) {
        boolean present = node.xattrs.containsKey(name);
        if (present && mode == XattrMode.CREATE) {
            throw new VolumeException(Errno.EEXIST);
        }
        if (!present && mode == XattrMode.REPLACE) {
            throw new VolumeException(Errno.ENODATA);
        }
        node.xattrs.put(name, value);
    }

    void removeXattr(ModelNode node, String name) {
        if (node.xattrs.remove(name) == null) {
            throw new VolumeException(Errno.ENODATA);
        }
    }

    ModelNode require(ModelNode dir, String name) {
        requireDirectory(dir);
        ModelNode node = dir.entries.get(name);
        if (node == null) {
            throw new VolumeException(Errno.ENOENT);
        }
        return node;
    }

    private static void requireDirectory(ModelNode node) {
        if (!node.isDirectory()) {
            throw new VolumeException(Errno.ENOTDIR);
        }
    }
}
