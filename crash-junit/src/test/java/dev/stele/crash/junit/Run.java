package dev.stele.crash.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// A run of test classes by the engine, as a build or an editor starts it, and what came of it.
final class Run implements TestExecutionListener {
    private final Map<String, TestExecutionResult> tests = new LinkedHashMap<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> coverage = new ArrayList<>();
    private final List<String> uniqueIds = new ArrayList<>();

    static Run of(Class<?> type) {
        return of(selectClass(type), Map.of());
    }

    static Run of(DiscoverySelector what, Map<String, String> parameters) {
        Run run = new Run();
        LauncherFactory.create().execute(LauncherDiscoveryRequestBuilder.request().selectors(what)
                .configurationParameters(parameters)
                .configurationParameter(LauncherConstants.CAPTURE_STDOUT_PROPERTY_NAME, "false").build(), run);
        return run;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            tests.put(test.getDisplayName(), result);
            uniqueIds.add(test.getUniqueId());
        }
        if (result.getStatus() != Status.SUCCESSFUL) {
            failures.add(result.getThrowable().orElseThrow());
        }
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        coverage.add(entry.getKeyValuePairs().get("crash coverage"));
    }

    /// Display names of the tests, in the order in which they ran.
    List<String> names() {
        return List.copyOf(tests.keySet());
    }

    List<String> uniqueIds() {
        return uniqueIds;
    }

    List<Throwable> failures() {
        return failures;
    }

    /// What the first failure says; fails where there is none.
    String report() {
        return failures.getFirst().getMessage();
    }

    /// The first failure that is one of the lab.
    CrashFailure crash() {
        return failures.stream().filter(CrashFailure.class::isInstance).map(CrashFailure.class::cast).findFirst()
                .orElseThrow();
    }

    /// The line at the end.
    String coverage() {
        return coverage.getLast();
    }
}
