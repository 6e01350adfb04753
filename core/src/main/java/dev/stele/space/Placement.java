package dev.stele.space;

import dev.stele.format.Geometry;
import dev.stele.format.Run;

/// Where new blocks go.
final class Placement {
    private final Space space;

    Placement(Space space) {
        this.space = space;
    }

    /// A free run, taken; 0 where there is none of `minCount` blocks.
    long take(long goalBlock, long minCount, long maxCount, boolean aligned) {
        long groupCount = space.geometry().groupCount();
        long home = space.geometry().isUsable(goalBlock) ? Geometry.groupOf(goalBlock) : 0;
        int max = (int) Math.min(maxCount, Geometry.GROUP_BLOCKS);
        for (long i = 0; i < groupCount && minCount <= max; i++) {
            Group group = space.group((home + i) % groupCount);
            space.survey(group);
            if (group.freeBlocks() < minCount) {
                continue;
            }
            group.lock.lock();
            try {
                space.load(group);
                int bit = group.find(i == 0 ? Geometry.bitOf(goalBlock) : 0, (int) minCount, max);
                if (bit >= 0) {
                    int count = group.freeRun(bit, max);
                    group.take(bit, count);
                    return Run.of(Geometry.firstBlock(group.number) + bit, count);
                }
            } finally {
                group.lock.unlock();
            }
        }
        return 0;
    }
}
