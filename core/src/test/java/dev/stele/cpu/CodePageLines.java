package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Machine code of any variant, through handles that are no constants: slower than [CodeLines], otherwise the same.
final class CodePageLines extends CacheLines {
    private final MethodHandle flush;
    private final MethodHandle persist;
    private final MethodHandle drain;
    private final MethodHandle copy;
    private final MethodHandle zero;
    private final MethodHandle invalidate;

    CodePageLines(CodePage.Source source) {
        CodePage page = CodePage.load(source);
        this.flush = page.flushHandle(JAVA_LONG);
        this.persist = page.persistHandle(JAVA_LONG);
        this.drain = page.drainHandle();
        this.copy = page.copyHandle(JAVA_LONG);
        this.zero = page.zeroHandle(JAVA_LONG);
        this.invalidate = page.invalidateHandle(JAVA_LONG);
    }

    @Override
    void flushLines(MemorySegment of, long at, long byteCount) {
        call(() -> {
            flush.invokeExact(of.address(), at, byteCount);
        });
    }

    @Override
    void persistLines(MemorySegment of, long at, long byteCount) {
        call(() -> {
            persist.invokeExact(of.address(), at, byteCount);
        });
    }

    @Override
    public boolean canInvalidate() {
        return true;
    }

    @Override
    void invalidateLines(MemorySegment of, long at, long byteCount) {
        call(() -> {
            invalidate.invokeExact(of.address() + at, byteCount);
        });
    }

    @Override
    public void drain() {
        call(() -> {
            drain.invokeExact();
        });
    }

    @Override
    void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        call(() -> {
            copy.invokeExact(to.address(), at, from, fromAt, byteCount);
        });
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        call(() -> {
            zero.invokeExact(to.address(), at, byteCount);
        });
    }

    private interface Call {
        void run() throws Throwable;
    }

    private static void call(Call call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
