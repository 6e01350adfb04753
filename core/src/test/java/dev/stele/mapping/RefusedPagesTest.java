package dev.stele.mapping;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.stele.cpu.AddressSpace;
import dev.stele.cpu.Native;
import dev.stele.cpu.NativeException;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.PassThroughMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A kernel that refuses a file late has unmapped what its pages were to replace. What another thread maps there would
/// be unmapped when the arena closes, and replaced by whatever is shown next.
class RefusedPagesTest {
    private static final long UNIT = 2L << 20;
    private static final int EINVAL = 22;

    private final Medium medium = new Refusing();
    private final Mmu mmu = Mmu.ofKernel(medium);

    @AfterEach
    void close() {
        medium.close();
    }

    @Test
    void pagesThatCannotBeReplacedStayMapped() {
        for (Access access : Access.values()) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment space = mmu.reserve(access != Access.READ_ONLY, 4 * UNIT, arena);
                long unit = space.address() + UNIT - 1 & -UNIT;
                assertRefused(() -> mmu.showMedium(unit, UNIT, access, Medium.PAGE_BYTES));
                assertDoesNotThrow(() -> AddressSpace.under(space));
            }
        }
    }

    @Test
    void aRefusalBeforeAnythingIsUnmappedLeavesWhatWasShown() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment space = mmu.reserve(true, 2 * UNIT, arena);
            mmu.showZeros(space.address(), space.byteSize(), Access.READ_WRITE);
            space.fill((byte) 7);
            assertRefused(() -> mmu.showMedium(space.address() + 1, UNIT, Access.READ_WRITE, 0));
            assertEquals(-1, space.mismatch(arena.allocate(space.byteSize()).fill((byte) 7)));
        }
    }

    private static void assertRefused(Runnable shows) {
        assertEquals(EINVAL, assertThrows(NativeException.class, shows::run).number());
    }

    /// Over a file of huge pages: that a place in it is the middle of one is what the kernel looks at last.
    private static final class Refusing extends PassThroughMedium {
        private final int descriptor = Native.memfd("stele-refusing", Native.MFD_HUGETLB);

        Refusing() {
            super(MemoryMedium.create(UNIT));
            Native.truncate(descriptor, 4 * UNIT);
        }

        @Override
        public int descriptor() {
            return descriptor;
        }

        @Override
        public String description() {
            return "memory in huge pages";
        }

        @Override
        public void close() {
            Native.close(descriptor);
            super.close();
        }
    }
}
