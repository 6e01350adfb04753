package dev.stele.nio;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// The attributes that a view has by name: `Files.readAttributes(path, "unix:mode,ino")`. Each view has those of the
/// one before it and more, as in the JDK's provider.
final class AttributeTable {
    static final AttributeTable BASIC = new AttributeTable(null)
            .with("size", DaxAttributes::size)
            .with("creationTime", DaxAttributes::creationTime)
            .with("lastAccessTime", DaxAttributes::lastAccessTime)
            .with("lastModifiedTime", DaxAttributes::lastModifiedTime)
            .with("fileKey", DaxAttributes::fileKey)
            .with("isDirectory", DaxAttributes::isDirectory)
            .with("isRegularFile", DaxAttributes::isRegularFile)
            .with("isSymbolicLink", DaxAttributes::isSymbolicLink)
            .with("isOther", DaxAttributes::isOther);

    static final AttributeTable OWNER = new AttributeTable(null).with("owner", DaxAttributes::owner);

    static final AttributeTable POSIX = new AttributeTable(BASIC)
            .with("permissions", DaxAttributes::permissions)
            .with("owner", DaxAttributes::owner)
            .with("group", DaxAttributes::group);

    static final AttributeTable UNIX = new AttributeTable(POSIX)
            .with("mode", attributes -> attributes.raw().mode)
            .with("ino", attributes -> attributes.raw().inode)
            .with("dev", DaxAttributes::device)
            .with("rdev", attributes -> attributes.raw().device)
            .with("nlink", attributes -> attributes.raw().linkCount)
            .with("uid", attributes -> attributes.raw().uid)
            .with("gid", attributes -> attributes.raw().gid)
            .with("ctime", DaxAttributes::changeTime);

    private final Map<String, Function<DaxAttributes, Object>> readers = new LinkedHashMap<>();

    private AttributeTable(AttributeTable base) {
        if (base != null) {
            readers.putAll(base.readers);
        }
    }

    private AttributeTable with(String name, Function<DaxAttributes, Object> reader) {
        readers.put(name, reader);
        return this;
    }

    /// @throws IllegalArgumentException on a name the view has not
    void check(String[] wanted) {
        for (String name : wanted) {
            if (!name.equals("*") && !readers.containsKey(name)) {
                throw new IllegalArgumentException("'" + name + "' not recognized");
            }
        }
    }

    /// @param wanted names that [#check] let pass
    Map<String, Object> read(String[] wanted, DaxAttributes attributes) {
        Map<String, Object> values = new HashMap<>();
        for (String name : wanted) {
            if (name.equals("*")) {
                readers.forEach((each, reader) -> values.put(each, reader.apply(attributes)));
            } else {
                values.put(name, readers.get(name).apply(attributes));
            }
        }
        return Map.copyOf(values);
    }
}
