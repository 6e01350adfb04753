package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The system calls this project makes, by number on each processor, all through the one function `syscall(2)` of the C
/// library: linking one function instead of thirty keeps the start fast.
enum SystemCall {
    IOCTL(16, 29),
    MMAP(9, 222),
    MPROTECT(10, 226),
    MUNMAP(11, 215),
    MSYNC(26, 227),
    MADVISE(28, 233),
    CLOSE(3, 57),
    PREAD(17, 67),
    PWRITE(18, 68),
    FLOCK(73, 32),
    FDATASYNC(75, 83),
    FTRUNCATE(77, 46),
    FSTATFS(138, 44),
    GETRUSAGE(98, 165),
    PRCTL(157, 167),
    OPENAT(257, 56),
    FALLOCATE(285, 47),
    MEMFD_CREATE(319, 279),
    USERFAULTFD(323, 282),
    STATX(332, 291);

    private static final boolean IS_X86 = Processor.isX86();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno")).withInvokeExactBehavior();
    private static final ThreadLocal<MemorySegment> STATE_OF_THREAD =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));
    /// null where there is no Linux underneath
    private static final MethodHandle SYSCALL = link();
    private static final int EINTR = 4;

    private final int x86Number;
    private final int aarch64Number;

    SystemCall(int x86Number, int aarch64Number) {
        this.x86Number = x86Number;
        this.aarch64Number = aarch64Number;
    }

    private static MethodHandle link() {
        if (!Processor.isLinux()) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        // glibc declares long syscall(long number, ...); passing six more words is right whatever the call takes
        return linker.downcallHandle(linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_LONG),
                Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));
    }

    /// Makes the call; an interrupted one is made again.
    ///
    /// @param what the words an error message begins with
    /// @throws NativeException where the kernel says no
    long call(String what, long a, long b, long c, long d, long e, long f) {
        while (true) {
            long result = raw(a, b, c, d, e, f);
            if (result >= 0) {
                return result;
            }
            if (result != -EINTR) {
                throw new NativeException(what, (int) -result);
            }
        }
    }

    /// Makes the call once; `-errno` where it failed.
    ///
    /// @throws VolumeException EOPNOTSUPP on another system, where these numbers would mean something else
    long raw(long a, long b, long c, long d, long e, long f) {
        if (SYSCALL == null) {
            throw new VolumeException(Errno.EOPNOTSUPP,
                    "this is " + System.getProperty("os.name") + ": a medium needs Linux");
        }
        MemorySegment state = STATE_OF_THREAD.get();
        try {
            long number = IS_X86 ? x86Number : aarch64Number;
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error unchecked) {
            throw unchecked;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
