package dev.stele.crash.lazy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.crash.Campaign;
import dev.stele.crash.LazyOutcomes;
import dev.stele.crash.Result;
import dev.stele.crash.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Choosing at the first read finds what choosing beforehand finds, and every load is noticed.
class LazyExplorationTest {
    private static final String OUTCOMES = LazyOutcomes.class.getName();

    private static long[] compare(WovenLoader loader, String start, String... operations) {
        return (long[]) loader.call(OUTCOMES, "compare", start, operations);
    }

    /// I2, at every drain of each: of up to 512 images each, of more 150, and each has a run that comes to the same.
    @Test
    void everyImageComesToWhatItsRunCameTo() {
        WovenLoader loader = new WovenLoader();
        long[] empty = compare(loader, "EMPTY", "create foo", "rename foo bar", "truncate foo to 5000", "setxattr foo",
                "write 8 at 1 DSYNC foo", "symlink bar, long", "append 65 DEFERRED foo", "write and fsync");
        assertTrue(empty[0] >= 16, "points " + empty[0]);
        assertTrue(empty[2] > 8 * empty[0], "images " + empty[2]);
        assertEquals(0, empty[4], "points of too many runs");
    }

    /// A load that is not told of makes runs come to something else than their images.
    @ParameterizedTest
    @ValueSource(strings = {"dev/stele/format/JournalRecord.position",
        "dev/stele/format/U32Field.get", "dev/stele/format/Crc32c.ofSummed",
        "dev/stele/format/Crc32c.of"})
    void aLoadThatIsNotWovenIsFound(String method) {
        WovenLoader loader = new WovenLoader(method::equals);
        assertTrue(assertThrows(AssertionError.class, () -> compare(loader, "EMPTY", "create foo")).getMessage()
                .contains("chosen beforehand it is"));
    }

    @Test
    void aCampaignTakesNoSamplesWhereRecoveryReadsLittle() {
        Settings settings = Settings.of(1, 3).workers(1).perPart(6).exhaustive(16, 30).lazy(Settings.LAZY_RUNS);
        Result result = Campaign.run(settings, (done, all, found) -> { });
        assertEquals(List.of(), result.violations());
        assertTrue(result.coverage().lazyPoints() >= 6, result.coverage().toString());
        assertEquals(0, result.coverage().sampledPoints(), result.coverage().toString());
        assertEquals(result.coverage(), Campaign.run(settings, (done, all, found) -> { }).coverage());
        assertTrue(Campaign.run(settings.lazy(0), (done, all, found) -> { }).coverage().sampledPoints() > 0);
    }

    @Test
    void flushesThatAreForgottenAreFoundAlike() {
        WovenLoader loader = new WovenLoader();
        int found = 0;
        for (String name : List.of("create foo", "rename foo bar", "symlink bar, long")) {
            boolean[] beforehand = LazyOutcomes.forget(name, 4, false);
            boolean[] whenRead = (boolean[]) loader.call(OUTCOMES, "forget", name, 4, true);
            assertArrayEquals(beforehand, whenRead, name);
            for (boolean each : whenRead) {
                found += each ? 1 : 0;
            }
        }
        assertTrue(found >= 3, "found " + found);
    }
}
