package dev.stele.crash.junit;

import dev.stele.cpu.Granularity;
import java.nio.file.Path;

/// What a [CrashTest] says, checked, with what system properties override.
///
/// @param replay null where everything is tried
/// @param saveTo null where no image is left
record Settings(Model model, Tiers tiers, int nested, long sizeBytes, String replay, Path saveTo) {
    private static final int MAX_LINES = 20;
    private static final int MAX_SAMPLES = 1_000_000;
    private static final int MAX_NESTED = 3;
    private static final long MAX_BYTES = 64 << 20;
    private static final int MAX_PAIRS = 16;
    private static final long PAGE_BYTES = 4096;

    static Settings of(CrashTest test, Phases phases) {
        require(phases, "exhaustiveLines", test.exhaustiveLines(), MAX_LINES);
        require(phases, "samples", test.samples(), MAX_SAMPLES);
        require(phases, "nested", test.nested(), MAX_NESTED);
        long seed = Long.getLong("stele.seed", test.seed());
        String replay = System.getProperty("stele.crash.replay", test.replay());
        String saveTo = System.getProperty("stele.crash.save", test.saveTo());
        return new Settings(test.model(), new Tiers(test.exhaustiveLines(), test.samples(), MAX_PAIRS, seed),
                test.nested(), size(test.sizeBytes(), phases), replay.isEmpty() ? null : replay,
                saveTo.isEmpty() ? null : Path.of(saveTo));
    }

    private static void require(Phases phases, String name, int value, int most) {
        if (value < 0 || value > most) {
            throw Phases.wrong(phases.name(), name + " is from 0 to " + most + ", not " + value);
        }
    }

    private static long size(long asked, Phases phases) {
        Door.Kind kind = phases.kind();
        if (asked == 0) {
            return kind.defaultBytes;
        }
        if (asked > MAX_BYTES) {
            throw Phases.wrong(phases.name(), "a medium of " + asked + " bytes is too large, at most " + MAX_BYTES
                    + " are simulated: give the code under test a smaller one");
        }
        if (asked < kind.leastBytes || asked % PAGE_BYTES != 0) {
            throw Phases.wrong(phases.name(), "sizeBytes is a multiple of " + PAGE_BYTES + " and at least "
                    + kind.leastBytes + " here, not " + asked);
        }
        return asked;
    }

    Granularity granularity() {
        return model == Model.EADR ? Granularity.BYTE : Granularity.CACHE_LINE;
    }
}
