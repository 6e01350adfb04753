package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// The routines as they stand in an executable page. Handles that call them are made when asked for, which takes
/// longer than all the rest. The calls are *critical*: no change of thread state, about 2 ns, and no safepoint until
/// they return, so callers keep each one short.
///
/// The page is written first and made executable afterwards, never both (I3). Linux brings the instruction cache up to
/// date when it makes a page executable. The page stays for the life of the process.
///
/// @param name of the instructions
/// @param flush address of the routine
/// @param persist address of the routine
/// @param persistWhile address of the routine
/// @param drain address of the routine
/// @param copy address of the routine
/// @param copyWhile address of the routine
/// @param zero address of the routine
/// @param invalidate address of the routine
record CodePage(String name, long flush, long persist, long persistWhile, long drain, long copy, long copyWhile,
        long zero, long invalidate) {
    private static final int PAGE_BYTES = 65536;
    private static final int ALIGNMENT = 64;

    /// Machine code by routine, position independent.
    ///
    /// @param whileZero goes in front of a routine, to make one of it that first looks at a word
    record Source(String name, byte[] whileZero, byte[] flush, byte[] persist, byte[] drain, byte[] copy, byte[] zero,
            byte[] invalidate) {
        byte[] afterLooking(byte[] routine) {
            byte[] both = Arrays.copyOf(whileZero, whileZero.length + routine.length);
            System.arraycopy(routine, 0, both, whileZero.length, routine.length);
            return both;
        }
    }

    /// @throws NativeException where executable memory is refused
    static CodePage load(Source source) {
        long page = Native.map(0, PAGE_BYTES, Native.PROT_READ | Native.PROT_WRITE,
                Native.MAP_PRIVATE | Native.MAP_ANONYMOUS, -1, 0);
        try {
            MemorySegment code = MemorySegment.ofAddress(page).reinterpret(PAGE_BYTES);
            long flush = place(code, 0, source.flush);
            long persist = place(code, flush + source.flush.length, source.persist);
            byte[] persistAfterLooking = source.afterLooking(source.persist);
            long persistWhile = place(code, persist + source.persist.length, persistAfterLooking);
            long drain = place(code, persistWhile + persistAfterLooking.length, source.drain);
            long copy = place(code, drain + source.drain.length, source.copy);
            byte[] copyAfterLooking = source.afterLooking(source.copy);
            long copyWhile = place(code, copy + source.copy.length, copyAfterLooking);
            long zero = place(code, copyWhile + copyAfterLooking.length, source.zero);
            long invalidate = place(code, zero + source.zero.length, source.invalidate);
            Native.protect(page, PAGE_BYTES, Native.PROT_READ | Native.PROT_EXEC);
            return new CodePage(source.name, page + flush, page + persist, page + persistWhile, page + drain,
                    page + copy, page + copyWhile, page + zero, page + invalidate);
        } catch (RuntimeException refused) {
            Native.unmap(page, PAGE_BYTES);
            throw refused;
        }
    }

    /// `(target, at, byteCount)`: the offset apart, for a slice of a segment would be an object for each call.
    ///
    /// @param target how the place in memory is given: `JAVA_LONG` as an address, `ADDRESS` as a segment, which the
    ///     call keeps alive
    MethodHandle flushHandle(ValueLayout target) {
        return handle(flush, FunctionDescriptor.ofVoid(target, JAVA_LONG, JAVA_LONG));
    }

    /// `(target, at, byteCount)`
    MethodHandle persistHandle(ValueLayout target) {
        return handle(persist, FunctionDescriptor.ofVoid(target, JAVA_LONG, JAVA_LONG));
    }

    /// `(address of a word, address, at, byteCount)`: does nothing where the word is not 0
    MethodHandle persistWhileHandle() {
        return handle(persistWhile, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    /// `()`
    MethodHandle drainHandle() {
        return handle(drain, FunctionDescriptor.ofVoid());
    }

    /// `(target, at, from, fromAt, byteCount)`
    MethodHandle copyHandle(ValueLayout target) {
        return handle(copy, FunctionDescriptor.ofVoid(target, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    /// `(address of a word, address, at, from, fromAt, byteCount)`: does nothing where the word is not 0
    MethodHandle copyWhileHandle() {
        return handle(copyWhile,
                FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));
    }

    /// `(target, at, byteCount)`
    MethodHandle zeroHandle(ValueLayout target) {
        return handle(zero, FunctionDescriptor.ofVoid(target, JAVA_LONG, JAVA_LONG));
    }

    /// `(target, byteCount)`
    MethodHandle invalidateHandle(ValueLayout target) {
        return handle(invalidate, FunctionDescriptor.ofVoid(target, JAVA_LONG));
    }

    private static long place(MemorySegment page, long after, byte[] code) {
        long at = (after + ALIGNMENT - 1) & -ALIGNMENT;
        MemorySegment.copy(MemorySegment.ofArray(code), 0, page, at, code.length);
        return at;
    }

    private static MethodHandle handle(long address, FunctionDescriptor signature) {
        return Linker.nativeLinker().downcallHandle(
                MemorySegment.ofAddress(address), signature, Linker.Option.critical(false));
    }
}
