package dev.stele.format;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The words structures are made of: little-endian, naturally aligned, whatever the machine.
public final class Layouts {
    public static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    public static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// An aligned u64 anywhere: `(long) WORD.get(segment, at)`.
    public static final VarHandle WORD = U64.varHandle().withInvokeExactBehavior();

    /// An aligned u32 anywhere: `(int) HALF.get(segment, at)`.
    public static final VarHandle HALF = U32.varHandle().withInvokeExactBehavior();

    private Layouts() {
    }

    /// The exact handle of one field, called as `(type) handle.get(segment, base)`.
    public static VarHandle field(StructLayout layout, String name) {
        return layout.varHandle(PathElement.groupElement(name)).withInvokeExactBehavior();
    }

    /// Byte offset of one field within its structure.
    public static long offset(StructLayout layout, String name) {
        return layout.byteOffset(PathElement.groupElement(name));
    }

    /// What a structure must hold where it is read.
    ///
    /// @param what structure and field, joined by a point
    /// @param at where the structure stands
    static void expect(String what, long at, long expected, long found) {
        if (expected != found) {
            throw new CorruptionException(what, at, expected, found);
        }
    }

    static MemoryLayout reserved(long byteCount) {
        return MemoryLayout.sequenceLayout(byteCount, U8).withName("reserved");
    }

    static MemoryLayout bytes(long byteCount, String name) {
        return MemoryLayout.sequenceLayout(byteCount, U8).withName(name);
    }
}
