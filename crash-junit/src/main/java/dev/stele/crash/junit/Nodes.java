package dev.stele.crash.junit;

import java.lang.reflect.Constructor;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

/// The tests of a workload in the order in which they run: each is told when those before it are done, because the
/// workload's points are known only when it has run, and those of recovery when all states were recovered from.
final class Nodes implements Iterator<TestTemplateInvocationContext> {
    private final Lab lab;
    private final ExtensionContext context;
    /// Instance for what the engine was told to leave out and what others depend on; null where nothing was.
    private Object stand;
    private boolean workloadIsTold;
    private boolean isOver;
    private List<Moment> moments;
    private int nextMoment;
    private List<RecoveryPoint> recoveryPoints;
    private int nextRecoveryPoint;

    Nodes(Lab lab, ExtensionContext context) {
        this.lab = lab;
        this.context = context;
    }

    @Override
    public boolean hasNext() {
        if (isOver) {
            return false;
        }
        if (!workloadIsTold || hasMoment() || hasRecoveryPoint()) {
            return true;
        }
        isOver = true;
        String coverage = lab.coverage();
        context.publishReportEntry("crash coverage", coverage);
        System.out.println(coverage);
        return false;
    }

    private boolean hasMoment() {
        if (lab.state() == Lab.State.NEW) {
            standIn(() -> lab.run(stand, this::invokeWorkload));
        }
        if (lab.state() == Lab.State.FAILED) {
            return false;
        }
        if (moments == null) {
            moments = lab.moments();
        }
        return nextMoment < moments.size();
    }

    private boolean hasRecoveryPoint() {
        if (lab.state() == Lab.State.FAILED) {
            return false;
        }
        if (recoveryPoints == null) {
            recoveryPoints = lab.recoveryPoints();
        }
        return nextRecoveryPoint < recoveryPoints.size();
    }

    @Override
    public TestTemplateInvocationContext next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (!workloadIsTold) {
            workloadIsTold = true;
            return Node.ofWorkload(lab);
        }
        if (nextMoment < moments.size()) {
            return Node.ofMoment(lab, moments.get(nextMoment++));
        }
        return Node.ofRecovery(lab, recoveryPoints.get(nextRecoveryPoint++));
    }

    /// Runs the workload where the engine was told to run some of the points only.
    private void standIn(Lab.Workload action) {
        try {
            Constructor<?> constructor = context.getRequiredTestClass().getDeclaredConstructor();
            constructor.trySetAccessible();
            stand = constructor.newInstance();
            action.run();
        } catch (Throwable failed) {
            throw Phases.wrong(lab.phases().name(), "a point was to run without the workload before it, and the "
                    + "workload alone fails: " + failed);
        }
    }

    private void invokeWorkload() throws Throwable {
        lab.phases().invokeWorkload(stand, lab);
    }
}
