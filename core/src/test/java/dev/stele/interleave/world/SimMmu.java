package dev.stele.interleave.world;

import dev.stele.interleave.Steps;
import dev.stele.mapping.Access;
import dev.stele.mapping.Mmu;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// A simulated memory management unit behind the mappings of a volume: address space without memory, of which every
/// page shows a page of the medium, or zeros, or nothing, and is protected or not. Asking which pages were written
/// protects them, one page at one stroke, as the kernel's PAGEMAP_SCAN does.
final class SimMmu implements Mmu {
    private static final long PAGE_BYTES = Medium.PAGE_BYTES;
    private static final long FIRST_ADDRESS = 1L << 40;

    /// What one page of address space shows.
    private static final class Page {
        /// offset on the medium, -1 for none
        long at = -1;
        boolean isWatched;
        boolean isProtected;
    }

    private static final long HUGE_BYTES = 2L << 20;

    private final TreeMap<Long, Page> pages = new TreeMap<>();
    private long nextAddress = FIRST_ADDRESS;
    private boolean tellsHugePages;

    @Override
    public MemorySegment reserve(boolean isWritable, long byteCount, Arena arena) {
        long address = nextAddress;
        nextAddress += byteCount + PAGE_BYTES;
        return MemorySegment.ofAddress(address).reinterpret(byteCount, arena, null);
    }

    @Override
    public void showMedium(long address, long byteCount, Access access, long at) {
        replace(address, byteCount, at);
    }

    @Override
    public void showZeros(long address, long byteCount, Access access) {
        replace(address, byteCount, -1);
    }

    @Override
    public void showNothing(long address, long byteCount) {
        replace(address, byteCount, -1);
    }

    private void replace(long address, long byteCount, long at) {
        Steps.step("map " + byteCount / PAGE_BYTES + " pages", "address space", true);
        for (long done = 0; done < byteCount; done += PAGE_BYTES) {
            Page page = new Page();
            page.at = at < 0 ? -1 : at + done;
            pages.put(address + done, page);
        }
    }

    /// From here on a mapping of which a page was written is told as one huge page, as the kernel does where it uses
    /// such.
    void tellHugePages() {
        Steps.step("pages become huge", "address space", true);
        tellsHugePages = true;
    }

    @Override
    public String blindness() {
        return null;
    }

    @Override
    public void watch(long address, long byteCount) {
        Steps.step("watch " + byteCount / PAGE_BYTES + " pages", "address space", true);
        for (Page each : pages.subMap(address, address + byteCount).values()) {
            each.isWatched = true;
            each.isProtected = true;
        }
    }

    @Override
    public void collect(long address, long byteCount, AddressVisitor visitor) {
        boolean isHuge = tellsHugePages && byteCount > PAGE_BYTES;
        boolean isWritten = false;
        for (long at = address; at < address + byteCount; at += PAGE_BYTES) {
            Steps.step("scan page " + number(at), name(at), true);
            Page page = pages.get(at);
            if (!page.isWatched) {
                throw new AssertionError("a page that nobody watches is asked for");
            }
            if (!page.isProtected) {
                page.isProtected = true;
                isWritten = true;
                if (!isHuge) {
                    visitor.run(at, PAGE_BYTES);
                }
            }
        }
        if (isHuge && isWritten) {
            visitor.run(address, HUGE_BYTES);
        }
    }

    /// One store instruction. Nothing where the segment's arena was closed before, for then there is no such
    /// instruction in Java.
    ///
    /// @param store does it, at an offset on the medium, or -1 where the page belongs to no file
    void store(MemorySegment segment, long offset, LongConsumer store) {
        long address = segment.address() + offset;
        long pageAddress = address & -PAGE_BYTES;
        while (true) {
            Steps.step("store to page " + number(pageAddress), name(pageAddress), false);
            Steps.touch("address space", false);
            if (!segment.scope().isAlive()) {
                return;
            }
            Page page = pages.get(pageAddress);
            if (!page.isProtected) {
                store.accept(page.at < 0 ? -1 : page.at + (address - pageAddress));
                return;
            }
            Steps.step("fault on page " + number(pageAddress), name(pageAddress), true);
            Steps.touch("address space", false);
            pages.get(pageAddress).isProtected = false;
        }
    }

    private static long number(long address) {
        return (address - FIRST_ADDRESS) / PAGE_BYTES;
    }

    private static String name(long pageAddress) {
        return "page of address space " + number(pageAddress);
    }
}
