package dev.stele.mapping;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stele.cpu.AddressSpace;
import dev.stele.medium.Media;
import dev.stele.medium.Medium;
import dev.stele.medium.MediumOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A file on tmpfs that is run as persistent memory: making room for a store may join small pages to huge ones (H-1,
/// H-3), while others look on.
class JoinedPagesTest {
    private static final long PAGE = Medium.PAGE_BYTES;
    private static final long HUGE = 2L << 20;
    private static final int CHUNKS = 3;
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final MediumOptions AS_PMEM = MediumOptions.DEFAULT.withAsPmem(true);

    private Path path;

    @BeforeEach
    void fill() throws IOException {
        assumeTrue(Files.isWritable(MEMORY), "no tmpfs at " + MEMORY);
        path = Files.createTempFile(MEMORY, "stele-test", ".pool");
        ByteBuffer content = ByteBuffer.allocateDirect((int) (CHUNKS * HUGE)).order(ByteOrder.nativeOrder());
        for (long page = 0; page < CHUNKS * HUGE / PAGE; page++) {
            content.putLong((int) (page * PAGE), contentOf(page));
        }
        try (FileChannel channel = FileChannel.open(path, CREATE, WRITE)) {
            channel.write(content);
        }
    }

    @AfterEach
    void delete() throws IOException {
        if (path != null) {
            Files.deleteIfExists(path);
        }
    }

    private static long contentOf(long page) {
        return page * 3 + 1;
    }

    private static void requireContent(MemorySegment segment) {
        for (long page = 0; page < segment.byteSize() / PAGE; page++) {
            assertEquals(contentOf(page), segment.get(JAVA_LONG, page * PAGE), "page " + page);
        }
    }

    /// H-1
    @Test
    void theMediumIsMappedWhereHugePagesFit() {
        try (Medium medium = Media.open(path, AS_PMEM)) {
            MemorySegment segment = medium.data().segment();
            assertEquals(0, segment.address() % HUGE);
            assertEquals(CHUNKS * HUGE, segment.byteSize());
            assertEquals(segment.byteSize(), AddressSpace.under(segment).stream()
                    .mapToLong(each -> Math.min(each.end(), segment.address() + segment.byteSize())
                            - Math.max(each.start(), segment.address())).sum());
        }
    }

    @Test
    void bytesStayWhatTheyAre() {
        try (Medium medium = Media.open(path, AS_PMEM); Arena arena = Arena.ofConfined()) {
            Mmu mmu = Mmu.ofKernel(medium);
            MemorySegment alias = mmu.reserve(true, CHUNKS * HUGE, arena);
            mmu.showMedium(alias.address(), alias.byteSize(), Access.READ_WRITE, 0);
            alias.load();
            requireContent(medium.data().segment());
            medium.reserve(0, medium.sizeBytes());
            requireContent(medium.data().segment());
            requireContent(alias);
            alias.set(JAVA_LONG, 700 * PAGE, 7);
            assertEquals(7, medium.data().segment().get(JAVA_LONG, 700 * PAGE));
        }
        try (Medium again = Media.open(path, AS_PMEM.withReadOnly(true))) {
            assertEquals(7, again.data().segment().get(JAVA_LONG, 700 * PAGE));
            assertEquals(contentOf(701), again.data().segment().get(JAVA_LONG, 701 * PAGE));
        }
    }

    /// C2, H-3: what was stored to before, and not collected, and what is stored to afterwards.
    @Test
    void noStoreIsMissedThatCameBeforeOrAfter() {
        try (Medium medium = Media.open(path, AS_PMEM); Arena arena = Arena.ofConfined()) {
            Mmu mmu = Mmu.ofKernel(medium);
            MemorySegment mapped = mmu.reserve(true, CHUNKS * HUGE, arena);
            mmu.showMedium(mapped.address(), mapped.byteSize(), Access.READ_WRITE, 0);
            mapped.load();
            mmu.watch(mapped.address(), mapped.byteSize());
            mapped.set(JAVA_LONG, 700 * PAGE, 1);
            medium.reserve(0, medium.sizeBytes());
            mapped.set(JAVA_LONG, 3 * PAGE, 1);
            assertTold(mmu, mapped, 3, 700);
            mapped.set(JAVA_LONG, 1100 * PAGE, 1);
            assertTold(mmu, mapped, 1100);
        }
    }

    private static void assertTold(Mmu mmu, MemorySegment mapped, int... pages) {
        BitSet told = new BitSet();
        mmu.collect(mapped.address(), mapped.byteSize(), (address, byteCount) -> {
            int from = (int) ((address - mapped.address()) / PAGE);
            told.set(from, from + (int) (byteCount / PAGE));
        });
        for (int page : pages) {
            assertTrue(told.get(page), "page " + page + " is missing in " + told);
        }
    }

    @Test
    void aMediumThatGrowsKeepsItsBytes() {
        try (Medium medium = Media.open(path, AS_PMEM)) {
            medium.reserve(0, medium.sizeBytes());
            medium.grow(medium.sizeBytes() + HUGE + PAGE);
            medium.grow(medium.sizeBytes() + HUGE);
            medium.reserve(0, medium.sizeBytes());
            requireContent(medium.data().segment().asSlice(0, CHUNKS * HUGE));
            assertEquals(0, medium.data().segment().address() % HUGE);
            assertEquals(0, medium.data().segment().get(JAVA_LONG, CHUNKS * HUGE));
        }
    }
}
