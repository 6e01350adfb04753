package dev.stele.crash.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.crash.Scenes;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A fair part of the faults that `stele crash faults` has strike; W-6, W-10 and F1 to F5.
class FaultCampaignTest {
    private static final long SEED = Long.getLong("stele.seed", 5);
    private static final int EVERY = Integer.getInteger("stele.faults.every", 23);

    @Test
    void whateverFailsTheVolumeIsBeforeOrAfterAndSaysWhatItIs() {
        FaultResult result = FaultCampaign.run(new FaultSettings(SEED, 2, "PF", 2, EVERY), (done, all, wrong) -> { });
        assertTrue(result.violations().isEmpty(), () -> result.violations().toString() + result.describe());
        for (FaultKind each : FaultKind.values()) {
            assertTrue(result.faults().get(each) > 0, () -> "no fault of kind " + each + " struck");
        }
        assertTrue(result.readOnly() > 0, "no volume turned itself read-only");
        assertTrue(result.describe().contains("0 violations"));
    }

    /// The medium failed between the record and the words it names: until this was looked at, the volume went on taking
    /// operations, refused each with EIO, and said that it was whole.
    @Test
    void aRecordHalfCarriedOutTurnsTheVolumeReadOnly() {
        for (int n = 0; n < 12; n++) {
            assertNull(FaultCampaign.replay(new FaultPlace('E', 0, FaultKind.ONCE, n), SEED));
        }
    }

    @Test
    void placesAreNamedAndFoundAgain() {
        FaultPlace place = new FaultPlace('N', 17, FaultKind.LASTING, 5);
        assertEquals("N.17/lasting/5", place.toString());
        assertEquals(place, FaultPlace.of(place.toString()));
        for (String bad : List.of("", "N", "N.1/once", "NN.1/once/1", "N.x/once/1", "N.1/often/1", "N.1/once/x")) {
            assertThrows(IllegalArgumentException.class, () -> FaultPlace.of(bad), bad);
        }
        int none = Scenes.operationCount();
        assertThrows(IllegalArgumentException.class,
                () -> FaultCampaign.replay(new FaultPlace('E', none, FaultKind.ONCE, 0), SEED));
        assertThrows(IllegalArgumentException.class, () -> new FaultSettings(1, 0, "E", 1, 1));
    }
}
