package dev.stele.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// How long a range of memory stays mapped, where whoever unmaps it calls [#end()] first. Machine code that looks at it
/// needs no other hold on the memory ([CacheLines#persist(Lifetime, MemorySegment, long, long)]): a hold is two atomic
/// additions, and each waits until the stores before it have arrived, which is what persisting takes its time for.
///
/// It works because there is no safepoint inside a critical call, between its look at the word and its last flush.
/// [#end()] sets the word and then has every thread pass a safepoint: calls that saw the word unset are over by then,
/// and all later ones see it set.
public final class Lifetime {
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    /// 0 until the end
    private final MemorySegment word = Arena.ofAuto().allocate(Long.BYTES, CacheLines.LINE_BYTES);
    private final long address = word.address();

    public Lifetime() {
    }

    /// From here on nobody touches the memory, and no call that did is under way.
    public void end() {
        WORD.setVolatile(word, 0L, 1L);
        // The JDK has every thread pass a safepoint before it says that a shared arena is closed: none may be in the
        // middle of an access to it.
        Arena.ofShared().close();
    }

    /// Behind a call that does nothing once this is over: where it is over now, the call may have come too late.
    ///
    /// @throws IllegalStateException where [#end()] was called
    void requireNotOver() {
        if ((long) WORD.getVolatile(word, 0L) != 0) {
            throw new IllegalStateException("Already closed");
        }
    }

    /// Of the word. Whoever uses it calls [#requireNotOver()] behind that, which keeps the word in place until then.
    long address() {
        return address;
    }
}
