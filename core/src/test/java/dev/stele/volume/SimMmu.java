package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.mapping.Access;
import dev.stele.mapping.Mmu;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Page tables that a test steps through: what each page of address space shows, whether it is watched, and whether it
/// was stored to. Stores are made by [#store]; the segments it hands out only have addresses. One thread.
final class SimMmu implements Mmu {
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final long ZEROS = -1;

    private static final class Page {
        /// offset on the medium, or ZEROS
        final long at;
        final boolean isWritable;
        boolean isWatched;
        boolean isProtected;

        Page(long at, boolean isWritable) {
            this.at = at;
            this.isWritable = isWritable;
        }
    }

    private final Medium medium;
    private final TreeMap<Long, Page> pages = new TreeMap<>();
    private Runnable atStep = () -> { };

    SimMmu(Medium medium) {
        this.medium = medium;
    }

    /// Called before and after everything done to a page.
    void atEveryStep(Runnable action) {
        atStep = action;
    }

    /// What a store instruction does: faults where the page is protected, and is seen at once by everybody.
    ///
    /// @return false where the page shows zeros, or nothing: the store reaches no file
    boolean store(long address, long value) {
        Page page = pages.get(address / PAGE);
        if (page == null || !page.isWritable || page.at == ZEROS) {
            return false;
        }
        page.isProtected = false;
        medium.data().putLong(page.at + address % PAGE, value);
        return true;
    }

    @Override
    public MemorySegment reserve(boolean isWritable, long byteCount, Arena arena) {
        return arena.allocate(Math.max(byteCount, 1), PAGE).asSlice(0, byteCount);
    }

    @Override
    public void showMedium(long address, long byteCount, Access access, long at) {
        atStep.run();
        for (long done = 0; done < byteCount; done += PAGE) {
            pages.put((address + done) / PAGE, new Page(at + done, access == Access.READ_WRITE));
        }
        atStep.run();
    }

    @Override
    public void showZeros(long address, long byteCount, Access access) {
        atStep.run();
        for (long done = 0; done < byteCount; done += PAGE) {
            pages.put((address + done) / PAGE, new Page(ZEROS, access == Access.READ_WRITE));
        }
        atStep.run();
    }

    @Override
    public void showNothing(long address, long byteCount) {
        pages.subMap(address / PAGE, (address + byteCount) / PAGE).clear();
    }

    @Override
    public String blindness() {
        return null;
    }

    @Override
    public void watch(long address, long byteCount) {
        atStep.run();
        for (Page page : pages.subMap(address / PAGE, (address + byteCount) / PAGE).values()) {
            page.isWatched = true;
            atStep.run();
            page.isProtected = true;
            atStep.run();
        }
    }

    /// Page by page, as the kernel: what is stored to behind its back while it walks is found if it comes there later.
    @Override
    public void collect(long address, long byteCount, AddressVisitor visitor) {
        List<Long> found = new ArrayList<>();
        for (long at = address; at < address + byteCount; at += PAGE) {
            Page page = pages.get(at / PAGE);
            atStep.run();
            if (page == null || !page.isWatched) {
                throw new VolumeException(Errno.EIO, "page " + at / PAGE + " is not watched");
            }
            if (!page.isProtected) {
                page.isProtected = true;
                found.add(at);
            }
        }
        atStep.run();
        for (long at : found) {
            visitor.run(at, PAGE);
            atStep.run();
        }
    }
}
