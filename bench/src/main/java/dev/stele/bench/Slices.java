package dev.stele.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.BitSet;

/// The slices of one contender: how many operations each has, how long they took, what they cost.
final class Slices {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int QUIET_SLICES = 20;
    /// Of operations that take microseconds: four times what the JVM compiles a method after at the latest.
    static final int WARM_UP_OPERATIONS = 20_000;
    /// Least operations, so many times over, after which nobody waits for the compilers any more.
    private static final int WARM_UPS_MAX = 10;
    /// What may be compiled once more is quiet while it is profiled: for up to some thousand calls. So work that has a
    /// least number of operations rests when nothing was compiled during one in so many of them.
    private static final int QUIET_SHARE = 2;
    /// A slice that waited longer than one part in so many for a processor is taken again, as is one after which a
    /// core was shared, and one in which something was compiled; but not much more often than slices have counted:
    /// where others always want the processor, what comes out must do.
    private static final int DISTURBED_SHARE = 50;

    private final Contender contender;
    private final Tally tally;
    private int operationCount = 1;
    private double[] nanosPerOperation = new double[64];
    private int sampleCount;
    /// samples of slices that were still disturbed when they were not taken again any more
    private final BitSet disturbed = new BitSet();
    private long operationsDone;
    /// time of a processor in slices that did not count
    private long warmedNanos;
    private long warmedOperations;
    /// slices, and operations, since something was compiled
    private int quietSlices;
    private long quietOperations;
    /// operations of the last slice that did not count
    private int lastCount;
    private final Pace pace = new Pace();
    /// slices that were taken once more
    private int retakeCount;
    /// what threads waited for a processor in the last slice that was counted
    private long waitedNanos;
    /// whether something was compiled in it
    private boolean wasCompiledIn;
    private final CoreProbe coreProbe;
    /// whether, right after it, one of its threads had less than a core
    private boolean wasCoreShared;

    Slices(Contender contender, CoreProbe coreProbe) {
        this.contender = contender;
        this.coreProbe = coreProbe;
        this.tally = new Tally(contender.counters());
    }

    Contender contender() {
        return contender;
    }

    /// Runs one slice that does not count, and sets the length of those to come by it.
    void warmUp(long sliceNanos) throws Exception {
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        long nanos = Math.max(1, slice(false));
        warmedNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
        warmedOperations += operationCount;
        lastCount = operationCount;
        pace.add((double) nanos / operationCount);
        double wanted = sliceNanos / pace.fastest();
        // Slowly upwards: the first slices run interpreted.
        operationCount = (int) Math.clamp(wanted, 1, Math.min(4.0 * operationCount, contender.work().operationsMax()));
    }

    /// Says whether something was compiled during the last slice.
    void noteCompiled(boolean isSo) {
        quietSlices = isSo ? 0 : quietSlices + 1;
        quietOperations = isSo ? 0 : quietOperations + lastCount;
    }

    /// Whether it has run for that long, and nothing was compiled in its last slices.
    boolean isAtRest(long nanos) {
        return warmedNanos >= nanos && warmedOperations >= contender.work().warmUpOperations() && isQuiet();
    }

    /// Whether it goes on warming up although the time for that is over. Decided by counts alone.
    boolean isCold() {
        long least = contender.work().warmUpOperations();
        return warmedOperations < least || !isQuiet() && warmedOperations < WARM_UPS_MAX * least;
    }

    private boolean isQuiet() {
        return quietSlices >= QUIET_SLICES && quietOperations >= contender.work().warmUpOperations() / QUIET_SHARE;
    }

    /// Runs one slice that counts, again if it did not have its processor to itself, or had to wait for a compiler.
    ///
    /// @param retakesMax so often at most
    void measure(int retakesMax) throws Exception {
        long nanos = slice(true);
        for (int i = 0; i < retakesMax && wasDisturbed(nanos) && mayRetake(retakesMax); i++) {
            nanos = slice(true);
            retakeCount++;
        }
        if (sampleCount == nanosPerOperation.length) {
            nanosPerOperation = Arrays.copyOf(nanosPerOperation, 2 * sampleCount);
        }
        disturbed.set(sampleCount, wasDisturbed(nanos));
        nanosPerOperation[sampleCount++] = (double) nanos / contender.work().operationsOf(operationCount);
    }

    private boolean wasDisturbed(long nanos) {
        return wasCompiledIn || wasCoreShared || isDisturbed(waitedNanos, nanos);
    }

    /// Whether a slice that took so long waited for a processor in a part of it that shows.
    static boolean isDisturbed(long waitedNanos, long nanos) {
        return waitedNanos > nanos / DISTURBED_SHARE;
    }

    private boolean mayRetake(int retakesMax) {
        return retakeCount < sampleCount + retakesMax;
    }

    /// Forgets what was done until now, by other threads, too.
    void start() {
        operationsDone = 0;
        contender.work().addElsewhere(tally);
        tally.clear();
    }

    /// @param counts whether what it costs is counted: asking for that takes a good part of a short slice's time
    private long slice(boolean counts) throws Exception {
        Work work = contender.work();
        work.prepare(operationCount);
        long nanos = counts ? countedRun(work) : timedRun(work);
        work.check(operationCount);
        return nanos;
    }

    private long countedRun(Work work) throws Exception {
        long waitedBefore = tally.waitedNanos();
        long compiledBefore = CompileTime.millis();
        tally.begin();
        long nanos = timedRun(work);
        tally.end();
        wasCoreShared = coreProbe.isShared(work.coreNanos());
        wasCompiledIn = CompileTime.millis() != compiledBefore;
        work.addElsewhere(tally);
        waitedNanos = tally.waitedNanos() - waitedBefore;
        operationsDone += work.operationsOf(operationCount);
        return nanos;
    }

    private long timedRun(Work work) throws Exception {
        long from = System.nanoTime();
        work.run(operationCount);
        return System.nanoTime() - from;
    }

    double[] nanosPerOperation() {
        return Arrays.copyOf(nanosPerOperation, sampleCount);
    }

    /// Numbers of the samples that are as they are because others were in the way.
    BitSet disturbed() {
        return (BitSet) disturbed.clone();
    }

    Costs costs() {
        return tally.perOperation(operationsDone);
    }
}
