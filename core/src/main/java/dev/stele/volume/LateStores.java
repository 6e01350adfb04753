package dev.stele.volume;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stele.extent.Extent;
import dev.stele.format.Geometry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// Stores through writable mappings to a block that a copy takes the place of, made after the copying and before the
/// mappings show the copy. Nobody can stop them, and whoever changes other bytes of the block must not lose them: they
/// are carried over to the copy, byte by byte, unless a later store has been there.
///
/// What a program has flushed in that moment, to be found after a crash, is carried over and durable when the operation
/// returns, but not if the power fails before: programs that rely on their own flushes seal the file, or leave the
/// block's other bytes to stores.
final class LateStores {
    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final int WORD_BYTES = 8;

    /// Bytes `from` to `to` of a block of the file that were copied.
    private record Copied(long fileBlock, long oldAt, long newAt, long from, long to, MemorySegment content) {
    }

    private final Core core;
    private final Vnode v;
    private final List<Copied> blocks = new ArrayList<>(2);

    LateStores(Core core, Vnode v) {
        this.core = core;
        this.v = v;
    }

    /// Bytes of a block stand in another one now, which nobody sees yet. The old one is kept until [#end].
    void copied(long fileBlock, long newBlock, long from, long to) {
        if (from >= to || !v.file.mappings.isMappedWritable(fileBlock, 1)) {
            return;
        }
        Extent old = new Extent();
        core.extents.find(v.inode, fileBlock, old);
        if (old.isData()) {
            core.space.hold(old.start(), 1);
            MemorySegment content = Arena.ofAuto().allocate(Geometry.BLOCK_BYTES, WORD_BYTES);
            core.data.read(Geometry.at(newBlock), content, 0, Geometry.BLOCK_BYTES);
            blocks.add(new Copied(fileBlock, Geometry.at(old.start()), Geometry.at(newBlock), from, to, content));
        }
    }

    /// No mapping shows the old blocks any more, or all of them show them again.
    ///
    /// @param isReplaced whether it is the former
    void end(boolean isReplaced) {
        boolean found = false;
        try {
            for (Copied each : blocks) {
                found |= isReplaced && carryOver(each);
            }
            if (found) {
                core.medium.drain();
            }
        } finally {
            blocks.forEach(each -> core.space.release(Geometry.blockOf(each.oldAt), 1));
            blocks.clear();
        }
    }

    private boolean carryOver(Copied block) {
        boolean found = false;
        for (long at = block.from & -WORD_BYTES; at < block.to; at += WORD_BYTES) {
            long now = (long) WORD.getVolatile(core.data.segment(), block.oldAt + at);
            long then = (long) WORD.get(block.content, at);
            long mask = unlike(now, then) & within(at, block.from, block.to);
            if (mask != 0) {
                put(block.newAt + at, now, then, mask);
                core.stored(v, Geometry.at(block.fileBlock) + at, block.newAt + at, WORD_BYTES);
                core.data.flush(block.newAt + at, WORD_BYTES);
                found = true;
            }
        }
        return found;
    }

    /// Bytes that a still later store has changed stay as that left them.
    private void put(long at, long now, long then, long mask) {
        long found;
        long wanted;
        do {
            found = (long) WORD.getVolatile(core.data.segment(), at);
            long untouched = mask & ~unlike(found, then);
            wanted = found & ~untouched | now & untouched;
        } while (!(boolean) WORD.compareAndSet(core.data.segment(), at, found, wanted));
    }

    /// All bits of the bytes in which two words differ.
    private static long unlike(long a, long b) {
        long mask = 0;
        for (long left = a ^ b; left != 0; ) {
            long byteMask = 0xFFL << (Long.numberOfTrailingZeros(left) & -WORD_BYTES);
            mask |= byteMask;
            left &= ~byteMask;
        }
        return mask;
    }

    /// The bits of the word at `at` that lie in a range.
    private static long within(long at, long from, long to) {
        long mask = at < from ? -1L << (from - at) * 8 : -1L;
        return at + WORD_BYTES > to ? mask & -1L >>> (at + WORD_BYTES - to) * 8 : mask;
    }
}
