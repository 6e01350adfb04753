package dev.stele.space;

import dev.stele.format.Geometry;
import dev.stele.format.Run;

/// Where new blocks go. Right at the goal if there is room; else small requests fill loose chunks, in any group, before
/// a whole one is broken, and big ones take whole chunks in a row, so that big files find whole chunks however old the
/// volume is. Only when neither is left does anybody get less than he asked for.
final class Placement {
    /// A row of blocks at the goal is worth taking although it is shorter than asked for: 256 KiB.
    private static final int WORTH_BLOCKS = 64;
    /// Groups looked at for room in loose chunks before a whole one is broken.
    private static final int LOOSE_GROUPS = 1024;
    /// Groups read from the medium meanwhile.
    private static final int LOOSE_SURVEYS = 64;

    /// Groups looked at for room in a chunk that is fuller than others.
    private static final int DENSE_GROUPS = 64;

    /// What a request is for.
    enum Wish {
        /// As near the goal as can be; whole chunks if it is that big.
        PLAIN,
        /// The start of a 2 MiB page.
        ALIGNED,
        /// More than is needed now, for a file of which nobody knows how big it will be.
        GROWING
    }

    private enum Way { LOOSE, LOOSE_START, WHOLE, LONGEST }

    private final Space space;

    Placement(Space space) {
        this.space = space;
    }

    /// Takes a run of free blocks.
    ///
    /// @param who says in which group this thread took last; for requests without a goal
    /// @return 0 where there is no run of `minCount` blocks
    long take(Claims who, long goalBlock, long minCount, long maxCount, Wish wish) {
        if (minCount > Geometry.GROUP_BLOCKS) {
            return 0;
        }
        int min = (int) minCount;
        int want = (int) Math.min(maxCount, Geometry.GROUP_BLOCKS);
        boolean hasGoal = space.geometry().isUsable(goalBlock);
        long run = hasGoal ? takeAtGoal(goalBlock, min, want, wish) : 0;
        long home = hasGoal ? Geometry.groupOf(goalBlock) : who.home();
        int goalBit = hasGoal ? Geometry.bitOf(goalBlock) : -1;
        if (run == 0) {
            run = take(home, goalBit, min, want, wish, false);
        }
        if (run == 0) {
            // Groups that others were busy with were left out.
            run = take(home, goalBit, min, want, wish, true);
        }
        if (run != 0 && !hasGoal) {
            who.home(Geometry.groupOf(Run.start(run)));
        }
        return run;
    }

    private long takeAtGoal(long goalBlock, int min, int want, Wish wish) {
        int bit = Geometry.bitOf(goalBlock);
        if (wish == Wish.ALIGNED && bit % Geometry.CHUNK_BLOCKS != 0) {
            return 0;
        }
        Group group = space.group(Geometry.groupOf(goalBlock));
        int enough = want >= Geometry.CHUNK_BLOCKS ? Geometry.CHUNK_BLOCKS : Math.min(want, WORTH_BLOCKS);
        group.lock.lock();
        try {
            space.load(group);
            BlockMap map = group.map();
            int count = map.freeRun(bit, want);
            if (want < Geometry.CHUNK_BLOCKS && (map.isMuchLoose() || map.isUntouched(bit))) {
                count = Math.min(count, map.looseRun(bit));
            }
            return count >= min && count >= enough ? taken(group, bit, count) : 0;
        } finally {
            group.lock.unlock();
        }
    }

    private long take(long home, int goalBit, int min, int want, Wish wish, boolean patient) {
        long run = want < Geometry.CHUNK_BLOCKS
                ? takeSmall(home, goalBit, min, want, wish, patient)
                : takeBig(home, goalBit, min, want, wish, patient);
        // Rather a quarter of it near than half of it far away; but rather anything than nothing.
        if (run == 0 && want >>> 2 > min) {
            run = search(Way.LONGEST, home, -1, want >>> 2, want, 0, patient);
        }
        return run != 0 ? run : search(Way.LONGEST, home, -1, min, want, 0, patient);
    }

    private long takeSmall(long home, int goalBit, int min, int want, Wish wish, boolean patient) {
        long run;
        if (wish == Wish.ALIGNED) {
            run = search(Way.LOOSE_START, home, -1, want, want, 0, patient);
        } else {
            int least = isMuchLoose(home) ? Math.max(min, want >>> 2) : want;
            run = takeLoose(home, goalBit, least, want, patient);
        }
        return run != 0 ? run : search(Way.WHOLE, home, -1, want, want, 1, patient);
    }

    private long takeBig(long home, int goalBit, int min, int want, Wish wish, boolean patient) {
        long run = 0;
        if (wish == Wish.GROWING && isMuchLoose(home)) {
            run = takeLoose(home, goalBit, Math.max(min, want >>> 1), want, patient);
        }
        return run != 0 ? run : takeWhole(home, min, want, patient);
    }

    private boolean isMuchLoose(long number) {
        Group group = space.group(number);
        space.survey(group);
        return group.map().isMuchLoose();
    }

    /// Room in a loose chunk, for half of what is wanted and so on down to `least` if for no more. A chunk that is
    /// rather full if there is one not far away: those that are rather empty are left alone, so that they become whole
    /// again.
    ///
    /// @param least 1 at least
    private long takeLoose(long home, int goalBit, int least, int want, boolean patient) {
        long run = 0;
        for (int count = want; run == 0 && count >= least; count >>>= 1) {
            for (int tier = 0; run == 0 && tier < BlockMap.TIER_COUNT; tier++) {
                run = search(Way.LOOSE, home, goalBit, count, want, tier, patient);
            }
        }
        return run;
    }

    /// As many whole chunks in a row as asked for, or as there are.
    private long takeWhole(long home, int min, int want, boolean patient) {
        int chunkCount = Math.min(want >>> BlockMap.CHUNK_SHIFT, BlockMap.CHUNK_COUNT - 1);
        while (chunkCount > 0) {
            long run = search(Way.WHOLE, home, -1, min, want, chunkCount, patient);
            if (run != 0) {
                return run;
            }
            chunkCount = Math.min(chunkCount - 1, longestWhole());
        }
        return 0;
    }

    private int longestWhole() {
        int longest = 0;
        for (long number = 0; number < space.geometry().groupCount(); number++) {
            longest = Math.max(longest, space.group(number).map().longestWhole());
        }
        return longest;
    }

    private long search(Way way, long home, int goalBit, int min, int want, int detail, boolean patient) {
        long groupCount = space.geometry().groupCount();
        long groups = groupCount;
        if (way == Way.LOOSE) {
            groups = Math.min(groups, detail < BlockMap.TIER_COUNT - 1 ? DENSE_GROUPS : LOOSE_GROUPS);
        }
        int surveys = way == Way.LOOSE ? LOOSE_SURVEYS : Integer.MAX_VALUE;
        for (long i = 0; i < groups; i++) {
            long number = home + i < groupCount ? home + i : home + i - groupCount;
            Group group = space.group(number);
            if (!group.map().isSurveyed()) {
                if (surveys-- == 0) {
                    return 0;
                }
                space.survey(group);
            }
            if (mayHave(group.map(), way, min, detail)) {
                long run = take(group, way, i == 0 ? goalBit : -1, min, want, detail, patient);
                if (run != 0) {
                    return run;
                }
            }
        }
        return 0;
    }

    private static boolean mayHave(BlockMap map, Way way, int min, int detail) {
        return switch (way) {
            case LOOSE -> map.mayHaveLoose(min, detail);
            case WHOLE -> map.longestWhole() >= detail;
            case LOOSE_START, LONGEST -> map.freeCount() >= min;
        };
    }

    private long take(Group group, Way way, int goalBit, int min, int want, int detail, boolean patient) {
        ShortLock lock = group.lock;
        if (!lock.tryLock()) {
            if (!patient) {
                return 0;
            }
            lock.lock();
        }
        try {
            space.load(group);
            BlockMap map = group.map();
            int bit = switch (way) {
                case LOOSE -> map.findLoose(goalBit, min, detail);
                case LOOSE_START -> map.findLooseStart(want);
                case WHOLE -> map.findWhole(detail, min);
                case LONGEST -> map.findLongest(min, want);
            };
            int most = way == Way.LOOSE ? Math.min(want, map.looseRun(bit)) : want;
            return bit < 0 ? 0 : taken(group, bit, map.freeRun(bit, most));
        } finally {
            lock.unlock();
        }
    }

    private static long taken(Group group, int bit, int count) {
        group.take(bit, count);
        return Run.of(Geometry.firstBlock(group.number) + bit, count);
    }
}
