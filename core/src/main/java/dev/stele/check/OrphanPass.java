package dev.stele.check;

import dev.stele.format.Crc32c;
import dev.stele.format.Geometry;
import dev.stele.format.Inode;
import dev.stele.format.Layouts;
import dev.stele.format.OrphanBlock;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Reads the table of inodes that the next open has work with.
final class OrphanPass {
    private static final long SELF_OFFSET = Layouts.offset(OrphanBlock.LAYOUT, "self");

    private final Survey survey;
    private final MemorySegment s;
    private final MemorySegment inode;
    /// Bytes on the medium of slots that must be cleared.
    private final List<Long> badSlots = new ArrayList<>();
    /// Block whose header must be written anew, ending the chain; -1 for none.
    private long lastGood = -1;
    private boolean firstIsBad;
    private boolean chainIsBad;

    OrphanPass(Survey survey) {
        this.survey = survey;
        this.s = survey.image().block();
        this.inode = survey.image().block();
    }

    void run() {
        long block = Geometry.FIRST_ORPHAN_BLOCK;
        while (block != 0) {
            // Not by its number: a chain that comes back to its start would go round for ever.
            boolean isFirst = lastGood < 0;
            if (!isFirst && (!survey.geometry().isUsable(block) || !survey.claims().add(block))) {
                survey.findings().loss("orphan.next", Geometry.at(lastGood), "another block of the table", block);
                chainIsBad = true;
                return;
            }
            if (!isBlock(block)) {
                survey.findings().loss("orphan", Geometry.at(block), "a block of the orphan table", "something else");
                firstIsBad = isFirst;
                chainIsBad = true;
                if (!isFirst) {
                    return;
                }
            }
            slots(block);
            lastGood = block;
            block = chainIsBad ? 0 : OrphanBlock.next(s, 0);
        }
    }

    private boolean isBlock(long block) {
        survey.image().read(block, s);
        return Layouts.half(s, 0L) == OrphanBlock.MAGIC && (long) Layouts.WORD.get(s, SELF_OFFSET) == block
                && OrphanBlock.crc(s, 0) == Crc32c.ofSummed(s, 0, OrphanBlock.HEADER_BYTES, OrphanBlock.CRC_OFFSET);
    }

    private void slots(long block) {
        InodeTable inodes = survey.inodes();
        for (int slot = 0; slot < OrphanBlock.SLOT_COUNT; slot++) {
            long number = OrphanBlock.slot(s, 0, slot);
            if (number == 0) {
                continue;
            }
            int index = inodes.indexOf(number);
            String problem = !inodes.isLive(index) ? "there is none"
                    : inodes.has(index, InodeTable.ORPHAN) ? "it is there already"
                    : hasWork(index) ? "" : "it is no file and has links";
            if (!problem.isEmpty()) {
                long at = OrphanBlock.slotAt(Geometry.at(block), slot);
                survey.findings().add(new Finding.BadOrphan(at, number, problem));
                badSlots.add(at);
            } else {
                inodes.set(index, InodeTable.ORPHAN);
                survey.tally().orphan();
            }
        }
    }

    /// Only files are truncated; anything else is here because it has no links.
    private boolean hasWork(int index) {
        if (survey.inodes().type(index) == Kind.REGULAR) {
            return true;
        }
        long number = survey.inodes().number(index);
        survey.image().read(Inode.blockOf(number), inode);
        return Inode.linkCount(inode, Inode.slotOf(number) * Inode.BYTES) == 0;
    }

    List<Long> badSlots() {
        return badSlots;
    }

    boolean firstIsBad() {
        return firstIsBad;
    }

    boolean chainIsBad() {
        return chainIsBad;
    }

    /// The last block of the chain that can be kept.
    long lastGood() {
        return lastGood;
    }

    boolean isWhole() {
        return badSlots.isEmpty() && !chainIsBad;
    }

}
