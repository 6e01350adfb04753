package dev.stele.realdax;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// Runs the contract of media on a directory of the guest: `FsdaxMediumTest`, which other machines skip.
final class MediumTests {
    private MediumTests() {
    }

    /// @param directory on a file system mounted with `dax`
    /// @return the number of tests that passed
    /// @throws AssertionError where one failed or was skipped
    static long run(java.nio.file.Path directory) {
        System.setProperty("stele.fsdax", directory.toString());
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass("dev.stele.medium.FsdaxMediumTest")).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.getFailures().forEach(failure -> failure.getException().printStackTrace(System.out));
        if (summary.getTestsFailedCount() + summary.getTestsAbortedCount() + summary.getTestsSkippedCount() > 0
                || summary.getTestsSucceededCount() == 0) {
            throw new AssertionError(summary.getTestsSucceededCount() + " passed, " + summary.getTestsFailedCount()
                    + " failed, " + summary.getTestsAbortedCount() + " skipped");
        }
        return summary.getTestsSucceededCount();
    }
}
