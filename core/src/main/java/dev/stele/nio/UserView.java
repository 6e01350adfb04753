package dev.stele.nio;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The view `user`: extended attributes whose name begins with `user.`. A symbolic link has none (`xattr(7)`).
final class UserView implements UserDefinedFileAttributeView, NamedView {
    private static final String PREFIX = "user.";

    private final Subject subject;

    UserView(Subject subject) {
        this.subject = subject;
    }

    @Override
    public String name() {
        return "user";
    }

    @Override
    public List<String> list() throws IOException {
        return call("Unable to get list of extended attributes", (volume, inode) -> {
            List<String> names = new ArrayList<>();
            for (Name name : volume.listXattrs(inode)) {
                String text = NameCodec.decode(name.toBytes());
                if (text.startsWith(PREFIX)) {
                    names.add(text.substring(PREFIX.length()));
                }
            }
            return names;
        });
    }

    @Override
    public int size(String name) throws IOException {
        return value("Unable to get size of extended attribute", name).length;
    }

    @Override
    public int read(String name, ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        byte[] value = value("Error reading extended attribute", name);
        if (value.length > target.remaining()) {
            throw failure("Error reading extended attribute '" + name + "': Insufficient space in buffer");
        }
        target.put(value);
        return value.length;
    }

    @Override
    public int write(String name, ByteBuffer source) throws IOException {
        Name key = key(name);
        byte[] value = new byte[source.remaining()];
        source.get(source.position(), value);
        call("Error writing extended attribute '" + name + "'", (volume, inode) -> {
            volume.setXattr(requireNoLink(volume, inode), key, value, Volume.XattrMode.SET);
            return null;
        });
        source.position(source.limit());
        return value.length;
    }

    @Override
    public void delete(String name) throws IOException {
        Name key = key(name);
        call("Unable to delete extended attribute '" + name + "'", (volume, inode) -> {
            volume.removeXattr(requireNoLink(volume, inode), key);
            return null;
        });
    }

    @Override
    public Map<String, Object> read(String[] wanted) throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : wanted) {
            if (name.isEmpty()) {
                throw new IllegalArgumentException();
            }
            names.addAll(name.equals("*") ? list() : List.of(name));
        }
        Map<String, Object> values = new HashMap<>();
        for (String name : names) {
            values.put(name, value("Error reading extended attribute", name));
        }
        return values;
    }

    @Override
    public void set(String attribute, Object value) throws IOException {
        write(attribute, value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : (ByteBuffer) value);
    }

    private byte[] value(String doing, String name) throws IOException {
        Name key = key(name);
        return call(doing + " '" + name + "'", (volume, inode) -> {
            byte[] value = volume.getXattr(requireNoLink(volume, inode), key);
            if (value == null) {
                throw new VolumeException(Errno.ENODATA);
            }
            return value;
        });
    }

    private Name key(String name) throws IOException {
        byte[] key = NameCodec.encode(PREFIX + Objects.requireNonNull(name, "'name' is null"));
        if (key.length > Name.MAX_BYTES) {
            throw failure("'" + PREFIX + name + "' is too big");
        }
        try {
            return Name.ofAttribute(key);
        } catch (VolumeException e) {
            throw failure("'" + PREFIX + name + "': " + e.getMessage());
        }
    }

    private static long requireNoLink(Volume volume, long inode) {
        Attributes attributes = new Attributes();
        volume.attributes(inode, attributes);
        if (attributes.type() == FileType.SYMLINK) {
            throw new VolumeException(Errno.EPERM);
        }
        return inode;
    }

    /// A file that is not there is told as such; what is wrong with the attribute is told with what was being done.
    private <T> T call(String doing, Subject.Operation<T> operation) throws IOException {
        return subject.call((volume, inode) -> {
            try {
                return operation.run(volume, inode);
            } catch (VolumeException e) {
                if (e.errno() == Errno.EROFS || e.errno() == Errno.ESTALE) {
                    throw e;
                }
                throw failure(doing + ": " + e.getMessage());
            }
        });
    }

    private FileSystemException failure(String reason) {
        return new FileSystemException(subject.name(), null, reason);
    }
}
