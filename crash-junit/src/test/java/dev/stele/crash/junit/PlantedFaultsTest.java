package dev.stele.crash.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stele.crash.junit.JournalCases.RightCase;
import dev.stele.crash.junit.JournalCases.WithoutFenceCase;
import dev.stele.crash.junit.JournalCases.WithoutFlushCase;
import dev.stele.crash.junit.JournalCases.WithoutLastFenceCase;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The journal of the README, right and with each of three faults: what the lab says of them.
class PlantedFaultsTest {
    /// A line of the file that holds the faulty journals.
    private static final String LINE = "\\(JournalCases\\.java:\\d+\\)";

    private static void assertSays(String report, String pattern) {
        assertTrue(Pattern.compile(pattern).matcher(report).find(), () -> pattern + " is not in\n" + report);
    }

    @Test
    void thereIsATestForEveryFenceReturnAndRecovery() {
        Run run = Run.of(RightCase.class);
        assertEquals(List.of(), run.failures());
        List<String> names = run.names().stream().map(name -> name.replaceFirst(" at .*", "")).toList();
        assertEquals(List.of("the workload", "1 fence 1 in \"append 1\"", "2 fence 2 in \"append 1\"",
                "3 \"append 1\" returned", "4 fence 3 in \"append 2\"", "5 fence 4 in \"append 2\"",
                "6 \"append 2\" returned", "7 fence 5 in \"append 3\"", "8 fence 6 in \"append 3\"",
                "9 \"append 3\" returned", "10 the workload returned", "recovery: it returned"), names);
    }

    @Test
    void theLastLineSaysWhatWasTried() {
        assertEquals("RightCase.appends: 10 points: 10 exhaustive (100 %), 0 exhaustive by whole lines, 0 sampled; "
                + "12 states run, 16 more were alike; 12 recoveries cut at 12 points, 0 states of these; "
                + "model WORDS, seed 1", Run.of(RightCase.class).coverage().replaceFirst("; 12 alike$", ""));
    }

    @Test
    void aMissingFlushIsFoundAndNamed() {
        Run run = Run.of(WithoutFlushCase.class);
        String report = run.crash().getMessage();
        assertSays(report, "^org.opentest4j.AssertionFailedError: expected: <1> but was: <0>\n"
                + "power cut 1: fence 1 in \"append 1\"\n");
        assertSays(report, "lost, and less would do no harm:\n    line at byte 64: word at 64 \\(0x0 -> 0x1\\)\n"
                + "      stored between the begin of the workload and JournalCases.WithoutFlush.append" + LINE);
        assertSays(report, "\n      nobody flushed it\n");
        assertSays(report, "had returned: nothing\n");
        assertEquals("1:w40.0.0", run.crash().replay());
    }

    @Test
    void aMissingFenceIsFoundAndNamed() {
        String report = Run.of(WithoutFenceCase.class).crash().getMessage();
        assertSays(report, "power cut 1: fence 1 in \"append 1\"\n    at JournalCases.WithoutFence.append" + LINE);
        assertSays(report, "line at byte 64: word at 64 \\(0x0 -> 0x1\\)\n.*\n"
                + "      flushed at JournalCases.WithoutFence.append" + LINE + ", but not drained by then");
        assertSays(report, "not lost, though nothing had made it durable either:\n    line at byte 0: word at 0 ");
    }

    @Test
    void aStepThatReturnsBeforeItsStoresAreDurableIsFound() {
        String report = Run.of(WithoutLastFenceCase.class).crash().getMessage();
        assertSays(report, "^org.opentest4j.AssertionFailedError: what was appended is gone");
        assertSays(report, "power cut 2: \"append 1\" returned\n");
        assertSays(report, "had returned: append 1\n");
        assertSays(report, "line at byte 0: word at 0 \\(0x0 -> 0x1\\)");
        assertFalse(report.contains("not lost, though"), report);
    }

    @Test
    void everyFailingPointIsATestOfItsOwn() {
        Run run = Run.of(WithoutFenceCase.class);
        assertEquals(3, run.failures().size());
        assertEquals(9, run.names().size());
    }
}
