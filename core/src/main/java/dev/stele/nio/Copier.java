package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// Copies and moves one file, link, device or empty directory: inside a volume from medium to medium, between volumes
/// through scratch. Holes stay holes.
final class Copier {
    private static final int PIECE_BYTES = 1 << 20;

    private final DaxPath source;
    private final DaxPath target;
    private final DaxFileSystem from;
    private final DaxFileSystem to;
    private final Options.Copy how;

    Copier(DaxPath source, DaxPath target, Options.Copy how) {
        this.source = source;
        this.target = target;
        this.from = source.getFileSystem();
        this.to = target.getFileSystem();
        this.how = how;
    }

    void copy() throws IOException {
        DaxAttributes attributes = new Subject(from, null, source, how.followLinks).attributes();
        if (!makeRoom(attributes)) {
            return;
        }
        copyAs(attributes);
    }

    void move() throws IOException {
        if (how.atomic) {
            moveAtomically();
            return;
        }
        DaxAttributes attributes = new Subject(from, null, source, false).attributes();
        if (from != to) {
            moveAcross(attributes);
        } else if (mayReplaceByRename(attributes) || makeRoom(attributes)) {
            rename();
        }
    }

    private void moveAtomically() throws IOException {
        if (from != to) {
            throw new AtomicMoveNotSupportedException(source.toString(), target.toString(), Errno.EXDEV.meaning());
        }
        rename();
    }

    private void rename() throws IOException {
        from.call(source, target, volume -> {
            from.tree().rename(volume.root(), source, volume.root(), target);
            return null;
        });
    }

    private void moveAcross(DaxAttributes attributes) throws IOException {
        if (attributes.isDirectory()) {
            requireEmpty();
        }
        if (makeRoom(attributes)) {
            copyAs(attributes);
            delete(source);
        }
    }

    private void requireEmpty() throws IOException {
        try (DaxDirectoryStream entries = DaxDirectoryStream.open(source, null)) {
            if (entries.iterator().hasNext()) {
                throw new DirectoryNotEmptyException(source.toString());
            }
        }
    }

    private DaxAttributes targetAttributes() throws IOException {
        return to.call(target, null, volume -> {
            Attributes raw = new Attributes();
            try {
                return to.resolver().attributes(volume.root(), target, false, raw)
                        ? new DaxAttributes(raw, to.device()) : null;
            } catch (VolumeException e) {
                // What is wrong with the target's path shows when it is created.
                return null;
            }
        });
    }

    /// Both of a kind, and another file: then the rename itself replaces, and the name is never missing.
    private boolean mayReplaceByRename(DaxAttributes attributes) throws IOException {
        DaxAttributes existing = targetAttributes();
        return existing == null || how.replace && !attributes.isDirectory() && !existing.isDirectory()
                && !existing.isSameFile(attributes);
    }

    /// @return false where source and target are one file and there is nothing to do
    private boolean makeRoom(DaxAttributes attributes) throws IOException {
        DaxAttributes existing = targetAttributes();
        if (existing == null) {
            return true;
        }
        if (existing.isSameFile(attributes)) {
            return false;
        }
        if (!how.replace) {
            throw new FileAlreadyExistsException(target.toString());
        }
        delete(target);
        return true;
    }

    private static void delete(DaxPath path) throws IOException {
        path.getFileSystem().delete(path, false);
    }

    private void copyAs(DaxAttributes attributes) throws IOException {
        try {
            switch (attributes.raw().type()) {
                case DIRECTORY -> copyDirectory(attributes.raw());
                case REGULAR -> copyFile(attributes.raw());
                case SYMLINK -> copyLink(attributes.raw());
                case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE -> copySpecial(attributes.raw());
            }
        } catch (FileAlreadyExistsException e) {
            // Somebody was faster after room was made.
            throw how.replace ? new FileSystemException(target.toString()) : e;
        }
    }

    private void copyDirectory(Attributes raw) throws IOException {
        long inode = to.call(target, null, volume -> to.tree().mkdir(volume.root(), target, raw.permissions()));
        finishMade(raw, inode);
    }

    private void copyLink(Attributes raw) throws IOException {
        byte[] text = withOpen(source, raw.inode, file -> file.volume().readlink(file.inode()));
        if (text == null) {
            throw new NoSuchFileException(source.toString());
        }
        long inode = to.call(target, null, volume -> to.tree().symlink(volume.root(), target, text));
        if (how.copyAttributes) {
            withOpen(target, inode, file -> {
                file.volume().setAttributes(file.inode(), new AttributeChange().uid(raw.uid).gid(raw.gid));
                return null;
            });
        }
    }

    private void copySpecial(Attributes raw) throws IOException {
        long inode = to.call(target, null,
                volume -> to.tree().mknod(volume.root(), target, raw.mode, raw.device));
        finishMade(raw, inode);
    }

    /// Copies attributes to what was made at the target, unless somebody has already put something else there.
    private void finishMade(Attributes raw, long inode) throws IOException {
        if (how.copyAttributes) {
            withOpen(source, raw.inode, input -> withOpen(target, inode, output -> {
                copyAttributes(input, raw, output);
                return null;
            }));
        }
    }

    private interface Use<T> {
        T of(OpenFile file) throws IOException;
    }

    /// @return null where the path leads to another file than the one expected
    private <T> T withOpen(DaxPath path, long expectedInode, Use<T> use) throws IOException {
        DaxFileSystem fileSystem = path.getFileSystem();
        return fileSystem.call(path, null, volume -> {
            OpenFile file = OpenFile.existing(fileSystem, volume.root(), path, path == source && how.followLinks);
            try {
                return file.inode() == expectedInode ? use.of(file) : null;
            } finally {
                file.release();
            }
        });
    }

    private void copyFile(Attributes raw) throws IOException {
        OpenFile input = from.call(source, null,
                volume -> OpenFile.existing(from, volume.root(), source, how.followLinks));
        try {
            Options.Open create = Options.Open.of(Set.of(
                    StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
            OpenFile output = to.call(target, null,
                    volume -> OpenFile.open(to, volume.root(), target, create, raw.permissions()));
            try {
                copyContent(input, output);
                if (how.copyAttributes) {
                    from.call(source, target, ignored -> {
                        copyAttributes(input, raw, output);
                        return null;
                    });
                }
            } catch (IOException | RuntimeException e) {
                to.delete(target, false);
                throw e;
            } finally {
                output.release();
            }
        } finally {
            input.release();
        }
    }

    private void copyContent(OpenFile input, OpenFile output) throws IOException {
        from.call(source, target, inputVolume -> to.call(source, target, outputVolume -> {
            long size = input.size();
            long at = 0;
            for (long data = inputVolume.seekData(input.inode(), 0); data >= 0 && data < size;
                    data = inputVolume.seekData(input.inode(), at)) {
                at = Math.min(size, inputVolume.seekHole(input.inode(), data));
                copyRange(input, output, data, at - data);
            }
            if (output.size() < size) {
                outputVolume.truncate(output.inode(), size);
            }
            return null;
        }));
    }

    private void copyRange(OpenFile input, OpenFile output, long at, long byteCount) throws IOException {
        boolean within = input.volume() == output.volume();
        long done = 0;
        while (done < byteCount) {
            if (how.interruptible && Thread.currentThread().isInterrupted()) {
                throw new FileSystemException(source.toString(), target.toString(), "copying was interrupted");
            }
            long piece = Math.min(PIECE_BYTES, byteCount - done);
            long copied = within
                    ? input.volume().copyRange(input.inode(), at + done, output.inode(), at + done, piece)
                    : copyThroughScratch(input, output, at + done, (int) piece);
            if (copied == 0) {
                // The source was truncated meanwhile.
                return;
            }
            done += copied;
        }
    }

    private static long copyThroughScratch(OpenFile input, OpenFile output, long at, int byteCount) {
        try (Scratch scratch = Scratch.take(byteCount)) {
            MemorySegment segment = scratch.segment();
            long read = input.volume().read(input.inode(), at, segment, 0, byteCount);
            return read == 0 ? 0
                    : output.volume().write(output.inode(), at, segment, 0, read, Volume.Durability.DEFERRED);
        }
    }

    /// Attributes last, times last of all, in one change: nothing after it touches them.
    private static void copyAttributes(OpenFile input, Attributes raw, OpenFile output) {
        for (Name name : input.volume().listXattrs(input.inode())) {
            byte[] value = input.volume().getXattr(input.inode(), name);
            if (value != null) {
                output.volume().setXattr(output.inode(), name, value, Volume.XattrMode.SET);
            }
        }
        output.volume().setAttributes(output.inode(), new AttributeChange().uid(raw.uid).gid(raw.gid)
                .permissions(raw.permissions()).accessTimeNanos(raw.accessTimeNanos)
                .modifyTimeNanos(raw.modifyTimeNanos));
    }
}
