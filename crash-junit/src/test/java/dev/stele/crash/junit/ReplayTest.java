package dev.stele.crash.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import dev.stele.api.PersistentMemory;
import dev.stele.crash.junit.JournalCases.Case;
import dev.stele.crash.junit.JournalCases.RightCase;
import dev.stele.crash.junit.JournalCases.WithoutFence;
import dev.stele.crash.junit.JournalCases.WithoutFenceCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// A failure can be had again, alone, and its image kept.
@Isolated
class ReplayTest {
    private static final String REPLAY = "stele.crash.replay";
    private static final String SAVE = "stele.crash.save";

    @AfterEach
    void clear() {
        System.clearProperty(REPLAY);
        System.clearProperty(SAVE);
    }

    static final class AgainCase extends Case {
        AgainCase() {
            super(WithoutFence::new);
        }

        @Override
        @CrashTest(replay = "3:w80.0.0")
        void appends(PersistentMemory memory, CrashLab lab) {
            super.appends(memory, lab);
        }
    }

    private static Run replay(Class<?> test, String code) {
        System.setProperty(REPLAY, code);
        return Run.of(test);
    }

    @Test
    void aReplayStringBringsTheSameFailureAlone() {
        Run run = Run.of(AgainCase.class);
        assertEquals(2, run.names().size(), () -> run.names().toString());
        assertEquals("3:w80.0.0", run.crash().replay());
        assertTrue(run.report().contains("line at byte 128: word at 128 (0x0 -> 0x2)"), run.report());
        assertTrue(run.coverage().contains(" 1 states run"), run.coverage());
    }

    @Test
    void everyReplayStringOfARunFailsAgainThroughTheProperty() {
        Run first = Run.of(WithoutFenceCase.class);
        for (Throwable failure : first.failures()) {
            String code = ((CrashFailure) failure).replay();
            Run again = replay(WithoutFenceCase.class, code);
            assertEquals(failure.getMessage(), again.report());
            assertEquals(1, again.failures().size());
        }
    }

    @Test
    void whatWasMendedPassesItsReplay() {
        assertEquals(List.of(), replay(RightCase.class, "3:w80.0.0").failures());
    }

    @Test
    void aReplayStringThatFitsNothingSaysSo() {
        assertEquals("RightCase.appends: replay names point 99, and there are 10 now: "
                + "the program, or what it is tested with, has changed since",
                replay(RightCase.class, "99:w80.0.0").report());
        assertEquals("RightCase.appends: this is no replay string, copy it whole from a failure: w80.0.0",
                replay(RightCase.class, "w80.0.0").report());
        for (String code : List.of("1:x0.0.0", "1:w80", "1:w80.0", "1:80.0.0", "1:wx.0.0", "1:w80.a.0", "1:e.-1.0")) {
            assertEquals("RightCase.appends: this is no replay string, copy it whole from a failure: " + code,
                    replay(RightCase.class, code).report());
        }
    }

    @Test
    void theImageOfAFailureIsKeptWhereAsked(@TempDir Path directory) throws IOException {
        System.setProperty(SAVE, directory.resolve("images").toString());
        Run run = Run.of(WithoutFenceCase.class);
        Path image = directory.resolve("images/WithoutFenceCase.appends-1.image");
        assertTrue(run.report().endsWith("\nthe image, before recovery: " + image), run.report());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(64 << 10, bytes.capacity());
        assertEquals(1, bytes.getLong(0));
        assertEquals(0, bytes.getLong(64));
    }

    /// As an editor does that runs a single failed test again.
    @Test
    void onePointCanRunWithoutTheOthers() {
        Run all = Run.of(WithoutFenceCase.class);
        String third = all.uniqueIds().get(3);
        Run one = Run.of(selectUniqueId(third), Map.of());
        assertEquals(List.of(all.names().get(3)), one.names());
        assertEquals("3:w80.0.0", one.crash().replay());
    }
}
