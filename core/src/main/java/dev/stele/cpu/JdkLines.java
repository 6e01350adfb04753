package dev.stele.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;

/// The tier of the JDK's own write-back, which flushes and drains in one: a drain here has nothing left to wait for.
final class JdkLines extends CacheLines {
    private static final int OPTIMISING_LEVEL = 4;
    private static final MethodHandle WRITE_BACK = find();

    private static MethodHandle find() {
        try {
            Class<?> type = Class.forName("jdk.internal.misc.Unsafe");
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Object unsafe = lookup.findStatic(type, "getUnsafe", MethodType.methodType(type)).invoke();
            MethodHandle enabled =
                    lookup.findStatic(type, "isWritebackEnabled", MethodType.methodType(boolean.class));
            if (!(boolean) enabled.invoke()) {
                throw new UnsupportedOperationException("the JDK knows no write-back on this processor");
            }
            requireCompiler();
            return lookup.findVirtual(type, "writebackMemory",
                    MethodType.methodType(void.class, long.class, long.class)).bindTo(unsafe);
        } catch (IllegalAccessException e) {
            throw new UnsupportedOperationException(
                    "run with --add-exports java.base/jdk.internal.misc=ALL-UNNAMED to use the JDK's write-back", e);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new UnsupportedOperationException("this JDK offers no write-back", e);
        }
    }

    /// A JVM without its optimising compiler says that it can write back, but has not made the code for it: to call it
    /// is to jump to address 0 (seen with JDK 25).
    private static void requireCompiler() {
        HotSpotDiagnosticMXBean options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        boolean stopsEarly = options != null
                && Integer.parseInt(options.getVMOption("TieredStopAtLevel").getValue()) < OPTIMISING_LEVEL;
        if (stopsEarly || System.getProperty("java.vm.info", "").contains("interpreted")) {
            throw new UnsupportedOperationException("without its optimising compiler the JVM cannot write back: "
                    + "run it without -Xint and -XX:TieredStopAtLevel");
        }
    }

    @Override
    void flushLines(MemorySegment of, long at, long byteCount) {
        try {
            WRITE_BACK.invokeExact(of.address() + at, byteCount);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @Override
    void persistLines(MemorySegment of, long at, long byteCount) {
        flushLines(of, at, byteCount);
    }

    /// What the intrinsic writes back it may keep in the cache, and does where the processor has `clwb`.
    @Override
    public boolean canInvalidate() {
        return false;
    }

    @Override
    void invalidateLines(MemorySegment of, long at, long byteCount) {
        throw new AssertionError("never asked");
    }

    @Override
    public void drain() {
    }

    @Override
    void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        MemorySegment.copy(from, fromAt, to, at, byteCount);
        flushLines(to, at, byteCount);
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        to.asSlice(at, byteCount).fill((byte) 0);
        flushLines(to, at, byteCount);
    }
}
