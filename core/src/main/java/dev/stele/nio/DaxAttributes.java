package dev.stele.nio;

import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The attributes of one file, all read at one moment.
final class DaxAttributes implements PosixFileAttributes {
    private final Attributes raw;
    private final long device;

    /// @param raw becomes this object's own
    /// @param device number of the volume, as `st_dev`
    DaxAttributes(Attributes raw, long device) {
        this.raw = raw;
        this.device = device;
    }

    Attributes raw() {
        return raw;
    }

    long device() {
        return device;
    }

    boolean isSameFile(DaxAttributes that) {
        return fileKey().equals(that.fileKey());
    }

    /// Equal for two names of one file and for nothing else.
    private record FileKey(long device, long inode, int generation) {
        @Override
        public String toString() {
            return "(dev=" + Long.toHexString(device) + ",ino=" + inode + ")";
        }
    }

    @Override
    public Object fileKey() {
        return new FileKey(device, raw.inode, raw.generation);
    }

    @Override
    public FileTime lastModifiedTime() {
        return time(raw.modifyTimeNanos);
    }

    @Override
    public FileTime lastAccessTime() {
        return time(raw.accessTimeNanos);
    }

    @Override
    public FileTime creationTime() {
        return time(raw.birthTimeNanos);
    }

    FileTime changeTime() {
        return time(raw.changeTimeNanos);
    }

    private static FileTime time(long nanos) {
        return FileTime.from(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean isRegularFile() {
        return raw.type() == FileType.REGULAR;
    }

    @Override
    public boolean isDirectory() {
        return raw.type() == FileType.DIRECTORY;
    }

    @Override
    public boolean isSymbolicLink() {
        return raw.type() == FileType.SYMLINK;
    }

    @Override
    public boolean isOther() {
        return !isRegularFile() && !isDirectory() && !isSymbolicLink();
    }

    @Override
    public long size() {
        return raw.sizeBytes;
    }

    @Override
    public UserPrincipal owner() {
        return Principals.INSTANCE.user(raw.uid);
    }

    @Override
    public GroupPrincipal group() {
        return Principals.INSTANCE.group(raw.gid);
    }

    @Override
    public Set<PosixFilePermission> permissions() {
        return Permissions.set(raw.permissions());
    }
}
