package dev.stele.mapping;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;

/// Where in address space a mapping is put: so that its addresses and the medium's offsets agree modulo a huge page,
/// for only then can the kernel map huge pages.
///
/// @param byteCount length of the mapping
/// @param alignment 1 for none, else a power of two
/// @param colour what the address is modulo the alignment
record Placement(long byteCount, long alignment, long colour) {
    /// @param unitBytes granularity of mappings of the medium
    /// @param hugeBytes size of a huge page
    /// @throws VolumeException EOPNOTSUPP where the runs do not fit the unit
    static Placement of(ShownPages shown, long unitBytes, long hugeBytes) {
        long byteCount = shown.pageCount() * Medium.PAGE_BYTES;
        Longest longest = new Longest();
        shown.forEach(0, shown.pageCount(), longest::run);
        long alignment = Math.max(unitBytes, longest.count * Medium.PAGE_BYTES >= hugeBytes ? hugeBytes : 1);
        long colour = Math.floorMod((longest.block - longest.page) * Medium.PAGE_BYTES, alignment);
        if (unitBytes > Medium.PAGE_BYTES) {
            shown.forEach(0, shown.pageCount(), (page, target, count) -> requireUnits(page, target, count, unitBytes));
        }
        return new Placement(byteCount, alignment, colour);
    }

    private static final class Longest {
        long page;
        long block;
        long count;

        void run(long atPage, long target, long runCount) {
            if (target != ShownPages.ZEROS && runCount > count) {
                page = atPage;
                block = ShownPages.block(target);
                count = runCount;
            }
        }
    }

    private static void requireUnits(long page, long target, long count, long unitBytes) {
        long all = page | count | (target == ShownPages.ZEROS ? 0 : ShownPages.block(target));
        if (all * Medium.PAGE_BYTES % unitBytes != 0) {
            throw new VolumeException(Errno.EOPNOTSUPP, "this medium maps units of " + unitBytes
                    + " bytes only, and the range does not consist of such: map a large file, or make the device anew "
                    + "with units of 4096 bytes (ndctl create-namespace -m devdax --align=4K)");
        }
    }

    /// Bytes of address space to take so that the right address is among them.
    long spaceBytes() {
        return alignment <= Medium.PAGE_BYTES ? byteCount : byteCount + alignment - Medium.PAGE_BYTES;
    }

    /// Bytes from the start of the space taken to where the mapping goes.
    long skipBytes(long spaceAddress) {
        return alignment <= Medium.PAGE_BYTES ? 0 : Math.floorMod(colour - spaceAddress, alignment);
    }
}
