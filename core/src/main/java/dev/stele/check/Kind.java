package dev.stele.check;

/// Types of inodes by the number that stands in modes and entries.
final class Kind {
    static final int FIFO = 1;
    static final int CHARACTER_DEVICE = 2;
    static final int DIRECTORY = 4;
    static final int BLOCK_DEVICE = 6;
    static final int REGULAR = 8;
    static final int SYMLINK = 10;
    static final int SOCKET = 12;
    private static final int ALL = 1 << FIFO | 1 << CHARACTER_DEVICE | 1 << DIRECTORY | 1 << BLOCK_DEVICE
            | 1 << REGULAR | 1 << SYMLINK | 1 << SOCKET;

    private Kind() {
    }

    static int ofMode(int mode) {
        return mode >>> 12 & 15;
    }

    static boolean isKind(int type) {
        return type > 0 && type < 16 && (ALL >>> type & 1) != 0;
    }

    /// Whether an inode of this type has bytes in extents or inline.
    static boolean hasData(int type) {
        return type == REGULAR || type == SYMLINK;
    }
}
