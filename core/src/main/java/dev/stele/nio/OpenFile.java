package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.SyncErrors;
import dev.stele.volume.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;

/// One open file or directory: its inode, pinned, so that it outlives its name (N3), and the gate that keeps it until
/// the last operation has left (N4). Who opened it closes it; if he loses it, the collector does.
///
/// Public for the direct face alone: [#run] is all it needs.
public final class OpenFile extends OpenFiles.Link {
    /// Owners that the collector found lost.
    private static final ReferenceQueue<Closeable> LOST = new ReferenceQueue<>();

    static {
        Thread.ofPlatform().daemon().name("stele-lost-files").start(Owner::releaseLost);
    }

    private final DaxFileSystem fileSystem;
    private final Volume volume;
    private final long inode;
    private final FileType type;
    private final DaxPath path;
    private final SyncErrors syncErrors;
    private final Gate gate = Gate.ofFile();

    /// Where it was found: what a watch event for a change of it names.
    private final long directory;
    private final Name name;

    /// Null until there is one. The list of open files keeps it from being lost with what it refers to.
    private Owner owner;

    /// Null where it was opened as a directory or to be copied.
    private Options.Open how;

    /// What closes the file, as long as somebody has it.
    private static final class Owner extends WeakReference<Closeable> {
        private final OpenFile file;

        Owner(Closeable owner, OpenFile file) {
            super(owner, LOST);
            this.file = file;
        }

        private static void releaseLost() {
            while (true) {
                try {
                    ((Owner) LOST.remove()).file.release();
                } catch (Throwable unheard) {
                    // Nobody is left to tell: the volume keeps the inode as an orphan and frees it when it is next
                    // opened.
                }
            }
        }
    }

    private OpenFile(
            DaxFileSystem fileSystem, long directory, Name name, long inode, FileType type, DaxPath path) {
        this.fileSystem = fileSystem;
        this.volume = fileSystem.volume();
        this.inode = inode;
        this.type = type;
        this.path = path;
        this.directory = directory;
        this.name = name;
        this.syncErrors = volume.errorsOf(inode);
    }

    /// Opens what there is, of whatever type; without following links, a link itself.
    static OpenFile existing(DaxFileSystem fileSystem, long start, DaxPath path, boolean followLinks) {
        Resolver.Place place = fileSystem.resolver().pinned(start, path, followLinks);
        if (place == null) {
            throw new VolumeException(Errno.ENOENT);
        }
        return ofPinned(fileSystem, place, path);
    }

    /// Opens or creates as the options say.
    static OpenFile open(DaxFileSystem fileSystem, long start, DaxPath path, Options.Open how, int permissions) {
        OpenFile file;
        do {
            Resolver.Place place = how.createNew ? null : fileSystem.resolver().pinned(start, path, how.followLinks);
            if (place == null && !how.create && !how.createNew) {
                throw new VolumeException(Errno.ENOENT);
            }
            file = place != null ? ofPinned(fileSystem, place, path)
                    : create(fileSystem, start, path, how, permissions);
        } while (file == null);
        file.how = how;
        try {
            file.prepare(how);
        } catch (VolumeException e) {
            file.release();
            throw e;
        }
        return file;
    }

    /// @return null where somebody else was faster and the walk must be taken again
    private static OpenFile create(DaxFileSystem fileSystem, long start, DaxPath path, Options.Open how,
            int permissions) {
        if (!how.createNew && how.followLinks && fileSystem.resolver().endsInLink(start, path)) {
            return createTarget(fileSystem, start, path, permissions);
        }
        try {
            return fileSystem.tree().in(start, path, Errno.EEXIST, (directory, removals, name) ->
                    create(fileSystem, directory, removals, name, path, permissions));
        } catch (VolumeException e) {
            if (e.errno() == Errno.EEXIST && !how.createNew) {
                return null;
            }
            // That it is there already comes before where nothing can be created.
            throw e.errno() == Errno.EROFS && fileSystem.resolver().findOrZero(start, path, false) != 0
                    ? new VolumeException(Errno.EEXIST) : e;
        }
    }

    private static OpenFile create(
            DaxFileSystem fileSystem, long directory, long removals, Name name, DaxPath path, int permissions) {
        long inode = fileSystem.tree().create(directory, removals, name, permissions);
        return opened(new OpenFile(fileSystem, directory, name, inode, FileType.REGULAR, path));
    }

    /// Creates what a symbolic link in the last place leads to. Its directory is pinned for what can happen between the
    /// walk and the creation: see [Tree].
    private static OpenFile createTarget(DaxFileSystem fileSystem, long start, DaxPath path, int permissions) {
        Resolver resolver = fileSystem.resolver();
        Resolver.Place place = resolver.place(start, path, true);
        if (place.exists() || !pin(fileSystem.volume(), place.directory())) {
            return null;
        }
        try {
            return !place.equals(resolver.place(start, path, true)) ? null
                    : create(fileSystem, place.directory(), Volume.PINNED, place.name(), path, permissions);
        } catch (VolumeException e) {
            if (e.errno() == Errno.EEXIST) {
                return null;
            }
            throw e;
        } finally {
            fileSystem.volume().unpin(place.directory());
        }
    }

    private static boolean pin(Volume volume, long inode) {
        try {
            volume.pin(inode);
            return true;
        } catch (VolumeException e) {
            if (e.errno() == Errno.ESTALE) {
                return false;
            }
            throw e;
        }
    }

    /// @param place whose inode is pinned, for the file that is made here
    private static OpenFile ofPinned(DaxFileSystem fileSystem, Resolver.Place place, DaxPath path) {
        Attributes attributes = new Attributes();
        try {
            fileSystem.volume().attributes(place.inode(), attributes);
        } catch (VolumeException e) {
            fileSystem.volume().unpin(place.inode());
            throw e;
        }
        return opened(new OpenFile(
                fileSystem, place.directory(), place.name(), place.inode(), attributes.type(), path));
    }

    private static OpenFile opened(OpenFile file) {
        file.fileSystem.files().add(file);
        return file;
    }

    private void prepare(Options.Open how) {
        switch (type) {
            case REGULAR -> {
            }
            case DIRECTORY -> {
                if (how.write) {
                    throw new VolumeException(Errno.EISDIR);
                }
            }
            case SYMLINK -> throw new VolumeException(Errno.ELOOP,
                    Errno.ELOOP.meaning() + " (NOFOLLOW_LINKS specified)");
            case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> throw new VolumeException(Errno.EOPNOTSUPP);
        }
        if (how.write && fileSystem.isReadOnly()) {
            throw new VolumeException(Errno.EROFS);
        }
        if (how.truncate && size() > 0) {
            volume.truncate(inode, 0);
            modified();
        }
        // A root and what ends in dots has no name that could go; as on Unix, that is no failure.
        if (how.deleteOnClose && name != null) {
            unlinkAtOnce();
        }
    }

    /// As the JDK's provider does on Unix: the name goes now, the file when it is closed, or when the volume is next
    /// opened after a crash.
    private void unlinkAtOnce() {
        try {
            volume.unlink(directory, name);
            fileSystem.watches().deleted(directory, name);
        } catch (VolumeException e) {
            // Best effort, as specified: somebody else may have deleted it, or it may be a directory.
            assert e.errno() != Errno.EBADF;
        }
    }

    /// Lets the collector close what the owner loses, and the file system close the owner.
    public void ownedBy(Closeable newOwner) {
        owner = new Owner(newOwner, this);
    }

    /// What the direct face does with an open file.
    public interface Operation<T> {
        T run(Volume volume, long inode) throws IOException;
    }

    /// Runs while the file is open.
    ///
    /// @throws ClosedChannelException if it is closed
    /// @throws IOException what a channel throws when the volume refuses, with the file's name
    public <T> T run(Operation<T> operation) throws IOException {
        int ticket = gate.enter();
        if (ticket < 0) {
            throw new ClosedChannelException();
        }
        try {
            return operation.run(volume, inode);
        } catch (VolumeException e) {
            throw Failure.onChannel(e, path());
        } catch (InternalError fault) {
            throw Failure.onChannel(Failure.lost(fault), path());
        } finally {
            gate.leave(ticket);
        }
    }

    /// Makes durable what was stored in the file, as a handle's sync: it also tells, once, of one that failed before.
    void sync(boolean dataOnly) {
        volume.sync(inode, dataOnly, syncErrors);
    }

    /// What this handle has been told of failed syncs.
    public SyncErrors syncErrors() {
        return syncErrors;
    }

    DaxFileSystem fileSystem() {
        return fileSystem;
    }

    Volume volume() {
        return volume;
    }

    long inode() {
        return inode;
    }

    FileType type() {
        return type;
    }

    /// The name it was opened by.
    public String path() {
        return path.toString();
    }

    Gate gate() {
        return gate;
    }

    long size() {
        Attributes attributes = new Attributes();
        volume.attributes(inode, attributes);
        return attributes.sizeBytes;
    }

    public boolean isReadable() {
        return how.read;
    }

    public boolean isWritable() {
        return how.write;
    }

    /// How durable a write is when it returns, as the options of opening ask.
    public Volume.Durability durability() {
        return how.durability;
    }

    /// Tells who watches.
    public void modified() {
        Watches watches = fileSystem.watches();
        if (!watches.isIdle() && name != null) {
            watches.modified(directory, name);
        }
    }

    /// Closes through the owner, so that the owner knows.
    void closeOwner() throws IOException {
        Owner known = owner;
        Closeable closeable = known == null ? null : known.get();
        if (closeable != null) {
            closeable.close();
        } else {
            release();
        }
    }

    /// Waits until every operation has left, then lets the inode go. Once; again is nothing.
    public void release() {
        if (!gate.close()) {
            return;
        }
        fileSystem.locks().removeAll(this);
        try {
            volume.unpin(inode);
        } catch (InternalError fault) {
            throw Failure.lost(fault);
        } finally {
            fileSystem.files().remove(this);
        }
    }
}
