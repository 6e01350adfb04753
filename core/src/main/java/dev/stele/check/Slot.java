package dev.stele.check;

import dev.stele.format.Crc32c;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;

/// What a slot of an inode block looks like before its fields are read.
enum Slot {
    FREE,
    /// Checksum and number are right.
    WHOLE,
    /// The number is right and the checksum is not: some other field is damaged.
    BAD_SUM,
    /// Everything but the number is as it was when the checksum was computed.
    BAD_SELF,
    /// Something that does not belong here.
    FOREIGN;

    private static final long SELF_OFFSET = Layouts.offset(Inode.LAYOUT, "self");

    static Slot of(MemorySegment s, long at, long number) {
        if ((long) Layouts.WORD.get(s, at) == 0) {
            return FREE;
        }
        boolean sumIsRight = crc(s, at) == Inode.crc(s, at);
        long self = Inode.self(s, at);
        if (self == number) {
            return sumIsRight ? WHOLE : BAD_SUM;
        }
        int patched = Crc32c.patch(crc(s, at), Inode.BYTES, SELF_OFFSET, self ^ number);
        return !sumIsRight && patched == Inode.crc(s, at) ? BAD_SELF : FOREIGN;
    }

    boolean isInode() {
        return this == WHOLE || this == BAD_SUM || this == BAD_SELF;
    }

    static int crc(MemorySegment s, long at) {
        return Crc32c.ofSummed(s, at, Inode.BYTES, Inode.CRC_OFFSET);
    }
}
