package dev.stele.format;

import static dev.stele.format.Layouts.U64;
import static dev.stele.format.Layouts.field;
import static dev.stele.format.Layouts.reserved;

import dev.stele.error.CorruptionException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// The first block of the journal. A *log position* counts the bytes ever logged; the ring behind this block holds
/// position p at byte `p % ringBytes`. The tail is one word, so that moving it is one store.
public final class JournalHeader {
    /// "STELEJNL" read as a little-endian word.
    public static final long MAGIC = 0x4C4E4A454C455453L;

    public static final StructLayout LAYOUT = MemoryLayout.structLayout(
            U64.withName("magic"),
            reserved(56),
            U64.withName("tail"),
            reserved(56));

    public static final long BYTES = LAYOUT.byteSize();
    public static final long TAIL_OFFSET = Layouts.offset(LAYOUT, "tail");

    /// No log gets this far; a position behind it is damage.
    static final long MAX_POSITION = 1L << 61;

    private static final VarHandle MAGIC_WORD = field(LAYOUT, "magic");
    private static final VarHandle TAIL = field(LAYOUT, "tail");

    private JournalHeader() {
    }

    public static void initialise(MemorySegment s, long at) {
        s.asSlice(at, BYTES).fill((byte) 0);
        MAGIC_WORD.set(s, at, MAGIC);
    }

    /// @throws CorruptionException where the magic is wrong or the tail is no possible position
    public static void verify(MemorySegment s, long at) {
        if ((long) MAGIC_WORD.get(s, at) != MAGIC) {
            throw new CorruptionException("journal.magic", at, MAGIC, (long) MAGIC_WORD.get(s, at));
        }
        if (tail(s, at) < 0 || tail(s, at) > MAX_POSITION || tail(s, at) % JournalRecord.ALIGNMENT != 0) {
            throw new CorruptionException("journal.tail", at + TAIL_OFFSET, "a multiple of 64, at most 2^61",
                    Long.toString(tail(s, at)));
        }
    }

    /// Log position of the oldest record that may still be needed.
    public static long tail(MemorySegment s, long at) {
        return (long) TAIL.get(s, at);
    }
}
