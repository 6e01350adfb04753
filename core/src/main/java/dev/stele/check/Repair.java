package dev.stele.check;

import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.medium.Medium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Makes a volume consistent in rounds: look at all of it, mend what is nearest to the root of things, look again.
/// What is wrong further up (a count, a bitmap) is often right once what is below is mended, so each kind of damage
/// is mended only when nothing it depends on is left. Every single mending is one record of the journal or can be
/// done twice, so that a repair that is cut can be run again; on an image file the whole repair is one checkpoint.
final class Repair {
    private static final int MAX_ROUNDS = 64;

    private Repair() {
    }

    static Report run(Medium medium) {
        try (Survey first = Survey.of(medium)) {
            Findings before = first.findings();
            String obstacle = first.obstacle();
            if (!obstacle.isEmpty() && !medium.isReadOnly() && !first.image().unreadable().isEmpty()
                    && renew(medium, first.image()).isEmpty()) {
                return run(medium);
            }
            boolean isDone = obstacle.isEmpty() && before.problems() == 0 && first.image().log().isEmpty();
            if (obstacle.isEmpty() && !isDone && medium.isReadOnly()) {
                obstacle = "the medium is open for reading only";
            }
            if (!obstacle.isEmpty() || isDone) {
                return new Report(before.list(), before.suppressed(), before.list(), first.totals(), true, obstacle);
            }
            obstacle = renew(medium, first.image());
            return finish(medium, before, obstacle.isEmpty() ? mend(medium) : obstacle);
        }
    }

    /// Blocks that cannot be read are written anew with what of them can, and zeros: what was lost shows as damage
    /// then, and is mended like any other.
    ///
    /// @return why that cannot be done, empty where it can
    private static String renew(Medium medium, Image image) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocate(Geometry.BLOCK_BYTES, Medium.LINE_BYTES);
            for (long block : image.unreadable()) {
                content.fill((byte) 0);
                for (long at = 0; at < Geometry.BLOCK_BYTES; at += Medium.LINE_BYTES) {
                    keep(medium, Geometry.at(block) + at, content, at);
                }
                medium.metadata().stream(Geometry.at(block), content, 0, Geometry.BLOCK_BYTES);
                if (medium.firstUnreadable(Geometry.at(block), Geometry.BLOCK_BYTES) >= 0) {
                    return "block " + block + " cannot be read, also after it was written anew";
                }
            }
            medium.drain();
            return "";
        } catch (VolumeException failure) {
            return failure.getMessage();
        }
    }

    private static void keep(Medium medium, long at, MemorySegment content, long contentAt) {
        if (medium.firstUnreadable(at, Medium.LINE_BYTES) < 0) {
            medium.metadata().read(at, content, contentAt, Medium.LINE_BYTES);
        }
    }

    /// @return why it could not go on, empty where it could
    private static String mend(Medium medium) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            try (Survey survey = Survey.of(medium)) {
                boolean isDone = survey.findings().problems() == 0 && survey.image().log().isEmpty();
                if (isDone || !new Round(survey).run()) {
                    return "";
                }
            } catch (VolumeException failure) {
                return failure.getMessage();
            }
        }
        return "";
    }

    private static Report finish(Medium medium, Findings before, String obstacle) {
        try {
            medium.beginCheckpoint();
            medium.finishCheckpoint();
        } catch (VolumeException failure) {
            obstacle = failure.getMessage();
        }
        try (Survey after = Survey.of(medium)) {
            List<Finding> remaining = after.findings().list();
            return new Report(before.list(), before.suppressed(), remaining, after.totals(), true, obstacle);
        }
    }
}
