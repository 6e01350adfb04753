package dev.stele.cpu;

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
        this.flush = page.flushHandle();
        this.persist = page.persistHandle();
        this.drain = page.drainHandle();
        this.copy = page.copyHandle();
        this.zero = page.zeroHandle();
        this.invalidate = page.invalidateHandle();
    }

    @Override
    void flushLines(long address, long byteCount) {
        call(() -> {
            flush.invokeExact(address, byteCount);
        });
    }

    @Override
    void persistLines(long address, long byteCount) {
        call(() -> {
            persist.invokeExact(address, byteCount);
        });
    }

    @Override
    public boolean canInvalidate() {
        return true;
    }

    @Override
    void invalidateLines(long address, long byteCount) {
        call(() -> {
            invalidate.invokeExact(address, byteCount);
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
            copy.invokeExact(to.address() + at, from, fromAt, byteCount);
        });
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        call(() -> {
            zero.invokeExact(to.address() + at, byteCount);
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
