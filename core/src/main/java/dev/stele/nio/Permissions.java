package dev.stele.nio;

import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// Permission bits as `java.nio.file` names them: bit 8 is the first of [PosixFilePermission], bit 0 the last.
final class Permissions {
    static final int NEW_FILE = 0666;
    static final int NEW_DIRECTORY = 0777;

    private static final PosixFilePermission[] BY_ORDINAL = PosixFilePermission.values();

    private Permissions() {
    }

    static int bits(Set<?> permissions) {
        int bits = 0;
        for (Object permission : permissions) {
            bits |= 1 << 8 - ((PosixFilePermission) permission).ordinal();
        }
        return bits;
    }

    static Set<PosixFilePermission> set(int bits) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : BY_ORDINAL) {
            if ((bits >>> 8 - permission.ordinal() & 1) != 0) {
                set.add(permission);
            }
        }
        return set;
    }

    /// The bits that a creation's attributes ask for.
    ///
    /// @throws UnsupportedOperationException on any attribute but `posix:permissions`
    static int bits(int byDefault, FileAttribute<?>... attributes) {
        int bits = byDefault;
        for (FileAttribute<?> attribute : attributes) {
            if (!attribute.name().equals("posix:permissions") && !attribute.name().equals("unix:permissions")) {
                throw new UnsupportedOperationException("'" + attribute.name()
                        + "' not supported as initial attribute");
            }
            bits = bits((Set<?>) attribute.value());
        }
        return bits;
    }
}
