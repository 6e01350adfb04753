package dev.stele.crash;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.FileType;
import dev.stele.volume.Volume.RenameMode;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// The names of a volume as they should be: the reference. It follows operations that the volume has carried out; what
/// the volume refuses must change nothing.
final class Tree {
    final Node root;

    Tree(long rootInode) {
        root = new Node(FileType.DIRECTORY, 0755);
        root.inode = rootInode;
        root.parent = root;
    }

    private Tree(Node root) {
        this.root = root;
    }

    Tree copy() {
        return new Tree(copy(root, null, new IdentityHashMap<>()));
    }

    private static Node copy(Node node, Node parent, Map<Node, Node> copies) {
        Node known = copies.get(node);
        if (known != null) {
            return known;
        }
        Node copy = node.copyAlone();
        copies.put(node, copy);
        copy.parent = parent == null ? copy : parent;
        node.entries.forEach((name, child) -> copy.entries.put(name, copy(child, copy, copies)));
        return copy;
    }

    /// Every node once for each of its names.
    void forEach(Consumer<Node> action) {
        forEach(root, action);
    }

    private static void forEach(Node node, Consumer<Node> action) {
        action.accept(node);
        node.entries.values().forEach(child -> forEach(child, action));
    }

    /// @return null where there is nothing of that name
    Node find(String path) {
        Node node = root;
        for (String name : path.split("/")) {
            node = name.isEmpty() || node == null ? node : node.entries.get(name);
        }
        return node;
    }

    /// @throws VolumeException ENOENT
    Node require(String path) {
        Node node = find(path);
        if (node == null) {
            throw new VolumeException(Errno.ENOENT);
        }
        return node;
    }

    /// A path to an inode, for people.
    String nameOf(long inode) {
        String path = pathTo(root, "", inode);
        return path == null ? "inode " + inode : path.isEmpty() ? "the root" : path;
    }

    private static String pathTo(Node node, String path, long inode) {
        if (node.inode == inode) {
            return path;
        }
        for (Map.Entry<String, Node> each : node.entries.entrySet()) {
            String found = pathTo(each.getValue(), path + "/" + each.getKey(), inode);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// @throws VolumeException ENOENT
    Node requireParent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? root : require(path.substring(0, slash));
    }

    Node add(String path, FileType type, int permissions, long inode) {
        Node directory = requireParent(path);
        Node node = new Node(type, permissions);
        node.inode = inode;
        directory.entries.put(last(path), node);
        if (type == FileType.DIRECTORY) {
            node.parent = directory;
            directory.links++;
        }
        return node;
    }

    void link(Node node, String path) {
        requireParent(path).entries.put(last(path), node);
        node.links++;
    }

    void remove(String path) {
        Node directory = requireParent(path);
        Node node = directory.entries.remove(last(path));
        if (node.isDirectory()) {
            directory.links--;
        }
        node.links--;
    }

    void rename(String from, String to, RenameMode mode) {
        Node fromDirectory = requireParent(from);
        Node toDirectory = requireParent(to);
        Node moved = require(from);
        Node old = find(to);
        if (moved == old) {
            return;
        }
        if (mode == RenameMode.EXCHANGE) {
            fromDirectory.entries.put(last(from), old);
            toDirectory.entries.put(last(to), moved);
            reparent(old, toDirectory, fromDirectory);
        } else {
            if (old != null) {
                remove(to);
            }
            fromDirectory.entries.remove(last(from));
            toDirectory.entries.put(last(to), moved);
        }
        reparent(moved, fromDirectory, toDirectory);
    }

    private static void reparent(Node node, Node from, Node to) {
        if (node.isDirectory()) {
            from.links--;
            to.links++;
            node.parent = to;
        }
    }
}
