package dev.stele.format;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
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

    /// A u64 anywhere in an array of bytes, aligned or not: `(long) BYTES.get(bytes, index)`.
    public static final VarHandle BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final VarHandle HALF = U32.varHandle().withInvokeExactBehavior();

    private Layouts() {
    }

    /// An aligned u32 anywhere. It is loaded with the aligned word that it is half of: compiled, a load of 32 bits that
    /// is widened with its sign is one instruction (`movslq`), and where nothing can be read (P7) the JVM cannot step
    /// over that one. Instead of throwing it ends. It steps over loads of 8, 16 and 64 bits, whatever becomes of them.
    public static int half(MemorySegment s, long at) {
        return (int) ((long) WORD.get(s, at & -8) >>> (at & 4) * 8);
    }

    public static void half(MemorySegment s, long at, int value) {
        HALF.set(s, at, value);
    }

    /// One field of 32 bits.
    static U32Field u32(StructLayout layout, String name) {
        return new U32Field(offset(layout, name));
    }

    /// The exact handle of one field of another size than 32 bits, called as `(type) handle.get(segment, base)`.
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
