package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.cpu.Native;
import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Flusher;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import dev.stele.medium.MemoryMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel's MMU tells of stores through a mapping, and when it is believed (rules C2, C8, C9, and the hazards
/// of harvesting).
class TrackedStoresTest {
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final int PAGES = 64;

    private final DirtyIndex dirty = new DirtyIndex();
    private final CountingHolds holds = new CountingHolds();
    private Medium medium;
    private FakeFile file;
    private Mappings mappings;

    @BeforeEach
    void open() {
        medium = MemoryMedium.createAsPmem(16 << 20);
        file = new FakeFile(medium).put(0, 100, PAGES);
        mappings = new Mappings(medium, holds, dirty, Mmu.ofKernel(medium));
    }

    @AfterEach
    void close() {
        medium.close();
    }

    private MappedRange map(TrackingMode mode, Arena arena) {
        return mappings.map(file, 0, PAGES * PAGE, Access.READ_WRITE, mode, arena, () -> { });
    }

    private long harvested() {
        mappings.harvest(0, PAGES, dirty);
        long count = dirty.dirtyPageCount();
        dirty.forget(0, PAGES);
        return count;
    }

    @Test
    void thisKernelTells() {
        assertNull(Mmu.ofKernel(medium).blindness(), "the tests of tracking need Linux 6.7 or later");
    }

    @Test
    void onlyPagesStoredToAreDirtyAndOnlyOnce() {
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            assertEquals(Tracking.Kind.MMU, range.tracking().kind(), range.tracking().toString());
            MemorySegment mapped = range.segment();
            assertEquals(0, harvested());
            mapped.get(JAVA_LONG, 3 * PAGE);
            assertEquals(0, harvested(), "a load is no store");
            mapped.set(JAVA_LONG, 3 * PAGE, 1);
            mapped.set(JAVA_LONG, 7 * PAGE + 8, 1);
            mapped.set(JAVA_LONG, 7 * PAGE + 16, 1);
            mappings.harvest(4, PAGES, dirty);
            assertTrue(dirty.isClean(0, 7) && dirty.isClean(8, PAGES) && !dirty.isClean(7, 1), "W-7: the range alone");
            assertEquals(2, harvested());
            assertEquals(0, harvested());
            mapped.set(JAVA_LONG, 7 * PAGE, 2);
            assertEquals(1, harvested());
        }
        assertEquals(0, dirty.dirtyPageCount(), "nothing was stored since");
    }

    private MemorySegment watched(Arena arena) {
        return map(TrackingMode.MMU, arena).segment();
    }

    /// Pages a harvest marks, which are then forgotten.
    private BitSet told() {
        mappings.harvest(0, PAGES, dirty);
        BitSet told = new BitSet();
        IntStream.range(0, PAGES).filter(page -> !dirty.isClean(page, 1)).forEach(told::set);
        dirty.forget(0, PAGES);
        return told;
    }

    private static BitSet of(int... pages) {
        BitSet set = new BitSet();
        IntStream.of(pages).forEach(set::set);
        return set;
    }

    private static BitSet all() {
        BitSet set = new BitSet();
        set.set(0, PAGES);
        return set;
    }

    @Test
    void anUnreportedPageStaysTold() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = watched(arena);
            for (int page : new int[] {0, 5, 63}) {
                mapped.set(JAVA_LONG, page * PAGE, 1);
            }
            mappings.harvest(0, 5, dirty);
            assertEquals(1, dirty.dirtyPageCount());
            mappings.harvest(6, 10, dirty);
            assertEquals(1, dirty.dirtyPageCount());
            assertEquals(of(0, 5, 63), told());
        }
    }

    /// C8: every mapping is asked, each knows its own stores only, and one that covers but the middle of another's
    /// pages is protected like it.
    @Test
    void everyMappingOfAPageIsAskedEachTime() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = watched(arena);
            MemorySegment middle = mappings.map(file, PAGE, PAGE, Access.READ_WRITE, TrackingMode.MMU, arena,
                    () -> { }).segment();
            whole.set(JAVA_LONG, 0, 1);
            middle.set(JAVA_LONG, 8, 1);
            assertEquals(of(0, 1), told());
            middle.set(JAVA_LONG, 8, 2);
            assertEquals(of(1), told(), "it was not made read-only with the rest");
            whole.set(JAVA_LONG, PAGE, 3);
            assertEquals(of(1), told());
        }
    }

    /// Stele's own stores go through a mapping that is not watched, and are marked by who makes them.
    @Test
    void storesThroughAnotherViewOfTheBytesAreNotItsBusiness() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = watched(arena);
            file.writeLong(3 * PAGE, 9);
            assertEquals(9, mapped.get(JAVA_LONG, 3 * PAGE));
            assertEquals(of(), told());
        }
    }

    /// I-7: a mapping as the buffer of a read: it is the kernel that stores.
    @Test
    void theKernelsStoresAreToldToo(@TempDir Path directory) throws Exception {
        Path source = Files.write(directory.resolve("source"), new byte[] {1, 2, 3});
        try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(source, READ)) {
            MemorySegment mapped = watched(arena);
            channel.read(mapped.asSlice(10 * PAGE, PAGE).asByteBuffer());
            assertEquals(2, mapped.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 10 * PAGE + 1));
            assertEquals(of(10), told());
        }
    }

    /// What a program may do to its mapping meanwhile.
    @Test
    void forcingLoadingAndUnloadingChangeNothing() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = watched(arena);
            mapped.set(JAVA_LONG, 2 * PAGE, 1);
            mapped.force();
            mapped.unload();
            assertEquals(of(2), told());
            mapped.load();
            mapped.force();
            mapped.unload();
            mapped.get(JAVA_LONG, 2 * PAGE);
            assertEquals(of(), told());
            mapped.set(JAVA_LONG, 2 * PAGE, 2);
            assertEquals(of(2), told());
        }
    }

    @Test
    void pagesThatAreReplacedAreDirtyOnceAndThenWatched() {
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            MemorySegment mapped = range.segment();
            mapped.set(JAVA_LONG, 20 * PAGE, 1);
            mappings.detach(4, 2);
            file.put(4, 500, 2);
            mappings.refresh(4, 2, file);
            assertEquals(of(4, 5, 20), told(), "the replaced, and what was stored before");
            assertEquals(of(), told());
            mapped.set(JAVA_LONG, 5 * PAGE, 7);
            assertEquals(7, file.readLong(5 * PAGE));
            assertEquals(of(5), told());
            assertEquals(Tracking.Kind.MMU, range.tracking().kind());
        }
    }

    @Test
    void pagesThatShowZerosAreWatchedLikeTheRest() {
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            file.remove(8, 2);
            mappings.refresh(8, 2, file);
            assertEquals(of(8, 9), told());
            range.segment().set(JAVA_LONG, 30 * PAGE, 1);
            assertEquals(of(30), told());
            assertEquals(Tracking.Kind.MMU, range.tracking().kind());
        }
    }

    @Test
    void pagesReplacedBehindOurBackMakeItPessimistic() {
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            MemorySegment mapped = range.segment();
            mapped.set(JAVA_LONG, 0, 1);
            Native.map(mapped.address() + 40 * PAGE, PAGE, Native.PROT_READ | Native.PROT_WRITE,
                    Native.MAP_SHARED | Native.MAP_FIXED, medium.descriptor(), 140 * PAGE);
            assertEquals(all(), told());
            assertEquals(Tracking.Kind.PESSIMISTIC, range.tracking().kind());
            assertTrue(range.tracking().reason().contains("no longer watched"), range.tracking().reason());
            assertEquals(all(), told(), "from now on");
        }
    }

    @Test
    void movingPagesAwayAndBackMakesItPessimistic() throws Throwable {
        var mremap = Linker.nativeLinker().downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("mremap"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        long mayMoveFixed = 3;
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            MemorySegment mapped = range.segment();
            long elsewhere = Native.map(0, PAGE, Native.PROT_NONE, Native.MAP_PRIVATE | Native.MAP_ANONYMOUS, -1, 0);
            long there = (long) mremap.invokeExact(mapped.address(), PAGE, PAGE, mayMoveFixed, elsewhere);
            assertEquals(elsewhere, there);
            long back = (long) mremap.invokeExact(elsewhere, PAGE, PAGE, mayMoveFixed, mapped.address());
            assertEquals(mapped.address(), back);
            mapped.set(JAVA_LONG, 0, 1);
            assertEquals(1, file.readLong(0));
            assertEquals(all(), told());
            assertEquals(Tracking.Kind.PESSIMISTIC, range.tracking().kind());
        }
    }

    /// Unmapping loses what the MMU knows.
    @Test
    void aMappingThatEndsLeavesBehindWhatWasStored() throws Exception {
        for (Arena arena : List.of(Arena.ofConfined(), Arena.ofShared())) {
            MemorySegment mapped = watched(arena);
            mapped.set(JAVA_LONG, 11 * PAGE, 1);
            mapped.set(JAVA_LONG, 13 * PAGE, 1);
            arena.close();
            assertEquals(of(11, 13), told());
        }
        watched(Arena.ofAuto()).set(JAVA_LONG, 17 * PAGE, 1);
        for (int i = 0; i < 10_000 && mappings.count() > 0; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(of(17), told());
    }

    /// P4: what a sync flushes depends on what was stored, not on how much is mapped.
    @Test
    void ofAGigabyteTheDirtyPagesAreFlushed() {
        long gigabyte = 1L << 30;
        // the file starts at block 1, for no file has block 0
        try (Medium large = MemoryMedium.createAsPmem(gigabyte + PAGE); Arena arena = Arena.ofConfined()) {
            Mappings own = new Mappings(large, holds, dirty, Mmu.ofKernel(large));
            MemorySegment mapped = own.map(BlockMap.ofRun(0, 1, gigabyte / PAGE), 0, gigabyte, Access.READ_WRITE,
                    TrackingMode.AUTO, arena, () -> { }).segment();
            for (int round = 1; round <= 2; round++) {
                for (int i = 0; i < 64; i++) {
                    mapped.set(JAVA_LONG, i * (gigabyte / 64) + 8 * i, round);
                }
                assertEquals(64 * 64, flushedLines(large, own));
                assertEquals(0, flushedLines(large, own), "a second sync flushes nothing");
            }
        }
    }

    private long flushedLines(Medium large, Mappings own) {
        long before = large.counters().ofAllThreads().flushedLines();
        dirty.sync(0, large.sizeBytes() / PAGE, own, new Flusher() {
            @Override
            public void flush(long offset, long byteCount) {
                large.data().flush(offset + PAGE, byteCount);
            }

            @Override
            public void drain() {
                large.drain();
            }
        });
        return large.counters().ofAllThreads().flushedLines() - before;
    }

    /// H-3: of a page cache in pages of 2 MiB that are mapped as such when watching begins, too: one store makes one
    /// page dirty.
    @Test
    void hugePagesAreToldPageByPage(@TempDir Path directory) throws Exception {
        long hugeBytes = 2L << 20;
        Path path = directory.resolve("image");
        try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
            channel.write(ByteBuffer.allocateDirect((int) (8 * hugeBytes)));
        }
        try (Medium image = Media.openImage(path, MediumOptions.DEFAULT); Arena arena = Arena.ofConfined()) {
            Mmu mmu = Mmu.ofKernel(image);
            MemorySegment space = mmu.reserve(true, 5 * hugeBytes, arena);
            MemorySegment mapped = space.asSlice(-space.address() & hugeBytes - 1, 4 * hugeBytes);
            mmu.showMedium(mapped.address(), mapped.byteSize(), Access.READ_WRITE, 2 * hugeBytes);
            mapped.load();
            mmu.watch(mapped.address(), mapped.byteSize());
            mapped.set(JAVA_LONG, 700 * PAGE, 1);
            long[] told = new long[2];
            mmu.collect(mapped.address(), mapped.byteSize(), (address, byteCount) -> {
                told[0] = (address - mapped.address()) / PAGE;
                told[1] += byteCount / PAGE;
            });
            assertEquals(700, told[0]);
            assertEquals(1, told[1]);
        }
    }

    @Test
    void eachMappingIsTrackedAsItsSizeAndAccessWant() {
        file.put(PAGES, 100 + PAGES, (int) TrackerChoice.WATCHED_PAGES_MIN);
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(Tracking.Kind.PESSIMISTIC,
                    kind(TrackerChoice.WATCHED_PAGES_MIN - 1, TrackingMode.AUTO, arena));
            assertEquals(Tracking.Kind.MMU, kind(TrackerChoice.WATCHED_PAGES_MIN, TrackingMode.AUTO, arena));
            assertEquals(Tracking.Kind.PESSIMISTIC,
                    kind(TrackerChoice.WATCHED_PAGES_MIN, TrackingMode.PESSIMISTIC, arena));
            assertEquals(Tracking.Kind.MMU, kind(1, TrackingMode.MMU, arena));
            for (Access access : List.of(Access.READ_ONLY, Access.PRIVATE)) {
                assertEquals(Tracking.Kind.NONE, mappings.map(file, 0, 60 * PAGE, access, TrackingMode.MMU, arena,
                        () -> { }).tracking().kind());
            }
        }
    }

    private Tracking.Kind kind(long pages, TrackingMode mode, Arena arena) {
        Tracking tracking = mappings.map(file, 0, pages * PAGE, Access.READ_WRITE, mode, arena, () -> { }).tracking();
        assertTrue(tracking.toString().contains(tracking.reason()));
        return tracking.kind();
    }

    /// W-8, E10: where nothing needs a flush, or the kernel sees to it, nothing is tracked, whatever is asked.
    @Test
    void whereNothingNeedsAFlushNothingIsTracked(@TempDir Path directory) {
        for (Medium other : List.of(MemoryMedium.create(1 << 20),
                Media.create(directory.resolve("image"), 1 << 20, MediumOptions.DEFAULT))) {
            DirtyIndex unmarked = new DirtyIndex();
            try (Medium each = other; Arena arena = Arena.ofConfined()) {
                Mappings own = new Mappings(each, holds, unmarked, Mmu.ofKernel(each));
                MappedRange range = own.map(new FakeFile(each).put(0, 9, 4), 0, 4 * PAGE, Access.READ_WRITE,
                        TrackingMode.MMU, arena, () -> { });
                assertEquals(Tracking.Kind.NONE, range.tracking().kind());
                range.segment().set(JAVA_LONG, 0, 1);
                own.harvest(0, 4, unmarked);
                assertEquals(0, unmarked.dirtyPageCount());
            }
        }
    }

    /// E6: a kernel that cannot tell is no reason to refuse, and no secret.
    @Test
    void whereTheKernelCannotTellEveryPageCounts() {
        class Blind extends FaultyMmu {
            Blind() {
                super(medium);
            }

            @Override
            public String blindness() {
                return "no eyes";
            }
        }
        mappings = new Mappings(medium, holds, dirty, new Blind());
        try (Arena arena = Arena.ofConfined()) {
            MappedRange range = map(TrackingMode.MMU, arena);
            assertEquals(new Tracking(Tracking.Kind.PESSIMISTIC, "no eyes"), range.tracking());
            assertEquals(all(), told());
        }
    }

    @Test
    void pagesTheKernelRefusesToWatchCountAlways() {
        FaultyMmu mmu = new FaultyMmu(medium);
        mappings = new Mappings(medium, holds, dirty, mmu);
        try (Arena arena = Arena.ofConfined()) {
            mmu.refusesToWatch = true;
            MappedRange never = map(TrackingMode.MMU, arena);
            assertEquals(Tracking.Kind.PESSIMISTIC, never.tracking().kind());
            assertTrue(never.tracking().reason().contains("refused"), never.tracking().reason());
            assertEquals(all(), told());
        }
        told();
        try (Arena arena = Arena.ofConfined()) {
            mmu.refusesToWatch = false;
            MappedRange noLonger = map(TrackingMode.MMU, arena);
            assertEquals(of(), told());
            mmu.refusesToWatch = true;
            file.put(3, 600, 1);
            mappings.refresh(3, 1, file);
            assertEquals(Tracking.Kind.PESSIMISTIC, noLonger.tracking().kind());
            assertEquals(all(), told());
        }
    }

    /// What was told and could not be marked is known to nobody.
    @Test
    void aHarvestThatCannotBeMarkedIsMadeGood() {
        WriteTracker tracker;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = Mmu.ofKernel(medium).reserve(true, PAGES * PAGE, arena);
            Mmu.ofKernel(medium).showMedium(mapped.address(), mapped.byteSize(), Access.READ_WRITE, 100 * PAGE);
            tracker = MmuTracker.watch(Mmu.ofKernel(medium), mapped.address(), PAGES, "asked for");
            mapped.set(JAVA_LONG, 5 * PAGE, 1);
            assertThrows(OutOfMemoryError.class, () -> tracker.harvest(0, PAGES, (page, count) -> {
                throw new OutOfMemoryError("no room for a mark");
            }));
            long[] counted = new long[1];
            tracker.harvest(0, PAGES, (page, count) -> counted[0] += count);
            assertEquals(PAGES, counted[0]);
        }
    }

    /// The kernel's, but for what it is told to refuse.
    private static class FaultyMmu extends MmuOfTests {
        boolean refusesToWatch;

        FaultyMmu(Medium medium) {
            super(medium);
        }

        @Override
        public void watch(long address, long byteCount) {
            if (refusesToWatch) {
                throw new VolumeException(Errno.EIO, "refused");
            }
            super.watch(address, byteCount);
        }
    }
}
