package dev.stele.node;

/// What an inode is; the numbers are the type bits of `st_mode` shifted right by 12, as in `d_type`.
public enum FileType {
    FIFO(1), CHARACTER_DEVICE(2), DIRECTORY(4), BLOCK_DEVICE(6), REGULAR(8), SYMLINK(10), SOCKET(12);

    private static final FileType[] BY_NUMBER = new FileType[16];

    static {
        for (FileType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    private final int number;

    FileType(int number) {
        this.number = number;
    }

    /// 1 to 12, as `d_type` in `readdir(3)`.
    public int number() {
        return number;
    }

    /// The type bits of a mode (`S_IFMT`).
    public int modeBits() {
        return number << 12;
    }

    /// @return the type in the mode's type bits, or null where they name none
    public static FileType ofMode(int mode) {
        return BY_NUMBER[mode >>> 12 & 15];
    }
}
