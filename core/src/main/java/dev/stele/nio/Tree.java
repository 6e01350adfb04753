package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Name;
import dev.stele.volume.Volume;

/// The operations that change names, by path, each telling who watches. `start` is the directory where a relative path
/// starts.
final class Tree {
    private final Volume volume;
    private final Resolver resolver;
    private final Watches watches;
    private final Creator creator = Creator.CURRENT;

    Tree(Volume volume, Resolver resolver, Watches watches) {
        this.volume = volume;
        this.resolver = resolver;
        this.watches = watches;
    }

    interface Operation<T> {
        /// @param removals for [Volume#removals()]
        T run(long directory, long removals, Name name);
    }

    /// Runs with the directory that holds the path's last element. Were that removed between the walk and the
    /// operation, its number might be another directory's by now: where it may have been, which is rare, it is pinned.
    ///
    /// @param dots what to fail with where the last element is none to work on
    <T> T in(long start, DaxPath path, Errno dots, Operation<T> operation) {
        long removals = volume.removals();
        long directory = resolver.directoryOf(start, path);
        try {
            return operation.run(directory, removals, resolver.lastName(directory, path, dots));
        } catch (VolumeException e) {
            if (volume.isSame(directory, removals) || !mayBeOfAnother(e)) {
                throw e;
            }
        }
        return inPinned(start, path, dots, operation);
    }

    /// Whether that may be what was said of another directory, or file, that has the number now.
    private static boolean mayBeOfAnother(VolumeException e) {
        return e.errno() == Errno.ESTALE || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ENOENT;
    }

    /// What the path leads to once the pin holds is right.
    private <T> T inPinned(long start, DaxPath path, Errno dots, Operation<T> operation) {
        while (true) {
            long directory = resolver.directoryOf(start, path);
            Name name = resolver.lastName(directory, path, dots);
            if (directory == start || directory == volume.root()) {
                return operation.run(directory, Volume.PINNED, name);
            }
            if (pin(directory)) {
                try {
                    if (resolver.directoryOf(start, path) == directory) {
                        return operation.run(directory, Volume.PINNED, name);
                    }
                } finally {
                    volume.unpin(directory);
                }
            }
        }
    }

    private boolean pin(long directory) {
        try {
            volume.pin(directory);
            return true;
        } catch (VolumeException e) {
            if (e.errno() == Errno.ESTALE) {
                return false;
            }
            throw e;
        }
    }

    /// @return the new file's inode, pinned
    long create(long directory, long removals, Name name, int permissions) {
        int mode = permissions & ~creator.umask();
        long inode = volume.createAndPin(directory, removals, name, mode, creator.uid(), creator.gid());
        watches.created(directory, name);
        return inode;
    }

    /// @return the new directory's inode
    long mkdir(long start, DaxPath path, int permissions) {
        return in(start, path, Errno.EEXIST, (directory, removals, name) -> {
            int mode = permissions & ~creator.umask();
            long inode = volume.mkdir(directory, removals, name, mode, creator.uid(), creator.gid());
            watches.created(directory, name);
            return inode;
        });
    }

    /// @param mode with the type bits of a fifo, a socket or a device
    long mknod(long start, DaxPath path, int mode, long device) {
        return inPinned(start, path, Errno.EEXIST, (directory, _, name) -> {
            long inode = volume.mknod(directory, name, mode, device, creator.uid(), creator.gid());
            watches.created(directory, name);
            return inode;
        });
    }

    long symlink(long start, DaxPath path, byte[] target) {
        if (target.length == 0) {
            throw new VolumeException(Errno.ENOENT);
        }
        return inPinned(start, path, Errno.EEXIST, (directory, _, name) -> {
            long inode = volume.symlink(directory, name, target, creator.uid(), creator.gid());
            watches.created(directory, name);
            return inode;
        });
    }

    /// As Linux has it, a link to a symbolic link is one more name of the symbolic link.
    void link(long start, DaxPath existing, DaxPath path) {
        Resolver.Place source = resolver.pinned(start, existing, false);
        if (source == null) {
            throw new VolumeException(Errno.ENOENT);
        }
        try {
            inPinned(start, path, Errno.EEXIST, (directory, _, name) -> {
                if (volume.lookup(directory, name) != 0) {
                    // That the name is taken comes before whether the file may have another.
                    throw new VolumeException(Errno.EEXIST);
                }
                volume.link(source.inode(), directory, name);
                watches.created(directory, name);
                return null;
            });
        } finally {
            volume.unpin(source.inode());
        }
    }

    void unlink(long start, DaxPath path) {
        in(start, path, Errno.EISDIR, (directory, removals, name) -> {
            volume.unlink(directory, removals, name);
            watches.deleted(directory, name);
            return null;
        });
    }

    void rmdir(long start, DaxPath path) {
        Errno dots = isRoot(path) ? Errno.EBUSY : path.endsInDot() ? Errno.EINVAL : Errno.ENOTEMPTY;
        in(start, path, dots, (directory, removals, name) -> {
            long inode = watches.isIdle() ? 0 : volume.lookup(directory, name);
            volume.rmdir(directory, removals, name);
            watches.directoryGone(inode);
            watches.deleted(directory, name);
            return null;
        });
    }

    /// Unlinks a file or removes a directory, whichever it is.
    void delete(long start, DaxPath path) {
        if (path.endsInDots()) {
            rmdir(start, path);
            return;
        }
        try {
            unlink(start, path);
        } catch (VolumeException e) {
            if (e.errno() != Errno.EISDIR) {
                throw e;
            }
            rmdir(start, path);
        }
    }

    /// Replaces the target, atomically.
    void rename(long sourceStart, DaxPath source, long targetStart, DaxPath target) {
        try {
            renameInDirectories(sourceStart, source, targetStart, target);
        } catch (VolumeException e) {
            // Of several things that are wrong, what is wrong with the directories comes first.
            resolver.requireDirectoryOf(sourceStart, source);
            resolver.requireDirectoryOf(targetStart, target);
            throw e;
        }
    }

    private void renameInDirectories(long sourceStart, DaxPath source, long targetStart, DaxPath target) {
        if (sourceStart == targetStart && source.isBeside(target)) {
            in(sourceStart, source, Errno.EBUSY, (directory, removals, from) -> {
                Name to = resolver.lastName(directory, target, Errno.EBUSY);
                rename(directory, removals, from, directory, removals, to);
                return null;
            });
            return;
        }
        in(sourceStart, source, Errno.EBUSY, (fromDirectory, before, from) ->
                in(targetStart, target, Errno.EBUSY, (toDirectory, after, to) -> {
                    rename(fromDirectory, before, from, toDirectory, after, to);
                    return null;
                }));
    }

    private void rename(
            long fromDirectory, long fromRemovals, Name from, long toDirectory, long toRemovals, Name to) {
        boolean idle = watches.isIdle();
        long moved = idle ? 0 : volume.lookup(fromDirectory, from);
        long replaced = idle ? 0 : volume.lookup(toDirectory, to);
        volume.rename(
                fromDirectory, fromRemovals, from, toDirectory, toRemovals, to, Volume.RenameMode.REPLACE);
        if (moved != replaced) {
            watches.directoryGone(replaced);
        }
        watches.deleted(fromDirectory, from);
        watches.created(toDirectory, to);
    }

    private static boolean isRoot(DaxPath path) {
        return path.isAbsolute() && path.getNameCount() == 0;
    }
}
