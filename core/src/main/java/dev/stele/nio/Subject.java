package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.AttributeChange;
import dev.stele.node.Attributes;
import dev.stele.volume.Volume;
import java.io.IOException;

/// The file an attribute view looks at, found anew at each call.
///
/// @param fileSystem where it is
/// @param base the open directory a relative path starts from, or null for the root
/// @param path its name; null for the open directory itself
/// @param followLinks whether a link in the last place is followed
record Subject(DaxFileSystem fileSystem, DaxDirectoryStream base, DaxPath path, boolean followLinks) {

    interface Operation<T> {
        T run(Volume volume, long inode) throws IOException;
    }

    /// Runs with the file pinned.
    <T> T call(Operation<T> operation) throws IOException {
        return from((volume, start) -> {
            if (path == null) {
                return operation.run(volume, start);
            }
            Resolver.Place place = fileSystem.resolver().pinned(start, path, followLinks);
            if (place == null) {
                throw new VolumeException(Errno.ENOENT);
            }
            try {
                return operation.run(volume, place.inode());
            } finally {
                volume.unpin(place.inode());
            }
        });
    }

    /// As the JDK's provider has it: what is named beneath a file is not there, rather than not in a directory.
    DaxAttributes attributes() throws IOException {
        return from((volume, start) -> {
            Attributes raw = new Attributes();
            read(volume, start, raw);
            return new DaxAttributes(raw, fileSystem.device());
        });
    }

    /// As [#attributes()], and what is named beneath a file is in no directory.
    DaxAttributes attributesInDirectory() throws IOException {
        return call((volume, inode) -> {
            Attributes raw = new Attributes();
            volume.attributes(inode, raw);
            return new DaxAttributes(raw, fileSystem.device());
        });
    }

    private <T> T from(Operation<T> operation) throws IOException {
        return base == null
                ? fileSystem.call(path, null, volume -> operation.run(volume, volume.root()))
                : base.call(path, null, operation);
    }

    private void read(Volume volume, long start, Attributes into) {
        if (path == null) {
            volume.attributes(start, into);
            return;
        }
        try {
            if (fileSystem.resolver().attributes(start, path, followLinks, into)) {
                return;
            }
        } catch (VolumeException e) {
            if (e.errno() != Errno.ENOTDIR) {
                throw e;
            }
        }
        throw new VolumeException(Errno.ENOENT);
    }

    void change(AttributeChange change) throws IOException {
        call((volume, inode) -> {
            volume.setAttributes(inode, change);
            return null;
        });
        fileSystem.watches().modified(this);
    }

    /// Under which name of which directory the file stands, for a watch event; null for an open directory itself.
    Resolver.Place place() throws IOException {
        return path == null ? null
                : from((volume, start) -> fileSystem.resolver().place(start, path, followLinks));
    }

    String name() {
        return path == null ? null : path.toString();
    }
}
