package dev.stele.cpu;

import java.lang.foreign.MemorySegment;

/// Machine code of any variant, through handles that are no constants: slower than [CodeLines], otherwise the same.
final class CodePageLines extends CacheLines {
    private final CodePage page;

    CodePageLines(CodePage.Source source) {
        this.page = CodePage.load(source);
    }

    @Override
    void flushLines(long address, long byteCount) {
        call(() -> {
            page.flush().invokeExact(address, byteCount);
        });
    }

    @Override
    public void drain() {
        call(() -> {
            page.drain().invokeExact();
        });
    }

    @Override
    void copyLines(MemorySegment to, long at, MemorySegment from, long fromAt, long byteCount) {
        call(() -> {
            page.copy().invokeExact(to.address() + at, from, fromAt, byteCount);
        });
    }

    @Override
    void zeroLines(MemorySegment to, long at, long byteCount) {
        call(() -> {
            page.zero().invokeExact(to.address() + at, byteCount);
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
