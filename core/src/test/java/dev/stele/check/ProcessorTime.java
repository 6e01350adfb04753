package dev.stele.check;

import java.lang.management.ManagementFactory;

/// What something costs, whatever else the machine does meanwhile.
final class ProcessorTime {
    private ProcessorTime() {
    }

    static long ofThisThreadMillis() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1_000_000;
    }
}
