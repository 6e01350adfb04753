package dev.stele.check;

import dev.stele.format.Geometry;
import dev.stele.format.Inode;

/// One thing that is not as it should be, and where.
public sealed interface Finding {

    Severity severity();

    /// Name of the structure and field, as in docs/format.md.
    String struct();

    /// Byte on the medium at which the structure stands.
    long at();

    /// One readable line, without the severity.
    String message();

    /// A field of a structure holds what it cannot hold.
    record Damage(Severity severity, String struct, long at, String expected, String found) implements Finding {
        @Override
        public String message() {
            return struct + " at byte " + at + ": expected " + expected + ", found " + found;
        }
    }

    /// A structure cannot be read: it is behind the end of the medium, or the medium failed there.
    record Unreadable(String struct, long at) implements Finding {
        @Override
        public Severity severity() {
            return Severity.LOSS;
        }

        @Override
        public String message() {
            return struct + " at byte " + at + " cannot be read";
        }
    }

    /// Bytes of a file cannot be read: the memory or the disk under them has failed. Writing the block anew repairs it.
    record BadData(long inode, long offset, long at) implements Finding {
        @Override
        public Severity severity() {
            return Severity.LOSS;
        }

        @Override
        public String struct() {
            return "data";
        }

        @Override
        public String message() {
            return "inode " + inode + ": byte " + offset + " of the file, byte " + at
                    + " of the medium, cannot be read";
        }
    }

    /// An inode uses a block that somebody else uses already.
    record SharedBlock(long inode, long block) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return "block";
        }

        @Override
        public long at() {
            return Geometry.at(block);
        }

        @Override
        public String message() {
            return "inode " + inode + " uses block " + block + ", which has another owner";
        }
    }

    /// Blocks in use that their group's bitmap calls free.
    record MarkedFree(String bitmap, long firstBlock, long blockCount) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return bitmap;
        }

        @Override
        public long at() {
            return Geometry.at(firstBlock);
        }

        @Override
        public String message() {
            return bitmap + ": " + range(firstBlock, blockCount) + " in use but marked free";
        }
    }

    /// Blocks marked as used that nothing uses.
    record MarkedUsed(String bitmap, long firstBlock, long blockCount) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return bitmap;
        }

        @Override
        public long at() {
            return Geometry.at(firstBlock);
        }

        @Override
        public String message() {
            return bitmap + ": " + range(firstBlock, blockCount) + " marked as used but nobody's";
        }
    }

    /// A directory entry that is whole by itself but must not be there, or says something wrong.
    record BadEntry(Severity severity, long directory, long at, String name, String problem) implements Finding {
        @Override
        public String struct() {
            return "directory.entry";
        }

        @Override
        public String message() {
            return "directory " + directory + ", entry '" + name + "' at byte " + at + ": " + problem;
        }
    }

    /// A count of an inode differs from what was counted.
    record WrongCount(long inode, String field, long expected, long found) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return "inode." + field;
        }

        @Override
        public long at() {
            return Inode.at(inode);
        }

        @Override
        public String message() {
            return "inode " + inode + ": " + field + " is " + found + ", counted " + expected;
        }
    }

    /// An inode that no directory names.
    record Unreachable(long inode) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return "inode";
        }

        @Override
        public long at() {
            return Inode.at(inode);
        }

        @Override
        public String message() {
            return "inode " + inode + " is in no directory";
        }
    }

    /// A directory that is its own ancestor.
    record Cycle(long inode) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return "directory";
        }

        @Override
        public long at() {
            return Inode.at(inode);
        }

        @Override
        public String message() {
            return "directory " + inode + " is its own ancestor";
        }
    }

    /// A slot of the orphan table that names no inode it could name.
    record BadOrphan(long at, long inode, String problem) implements Finding {
        @Override
        public Severity severity() {
            return Severity.REPAIRABLE;
        }

        @Override
        public String struct() {
            return "orphan.slot";
        }

        @Override
        public String message() {
            return "orphan slot at byte " + at + " names inode " + inode + ": " + problem;
        }
    }

    /// The journal holds records that the next open will repeat. The check looked at the volume as it will be then.
    record Pending(long at, int recordCount) implements Finding {
        @Override
        public Severity severity() {
            return Severity.INFO;
        }

        @Override
        public String struct() {
            return "journal";
        }

        @Override
        public String message() {
            return "journal: " + recordCount + " records wait to be repeated by the next open";
        }
    }

    private static String range(long first, long count) {
        return count == 1 ? "block " + first : "blocks " + first + " to " + (first + count - 1);
    }
}
