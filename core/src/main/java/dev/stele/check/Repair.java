package dev.stele.check;

import dev.stele.error.VolumeException;
import dev.stele.medium.Medium;
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
            boolean isDone = obstacle.isEmpty() && before.problems() == 0 && first.image().log().isEmpty();
            if (obstacle.isEmpty() && !isDone && medium.isReadOnly()) {
                obstacle = "the medium is open for reading only";
            }
            if (!obstacle.isEmpty() || isDone) {
                return new Report(before.list(), before.suppressed(), before.list(), first.totals(), true, obstacle);
            }
            return finish(medium, before, mend(medium));
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
