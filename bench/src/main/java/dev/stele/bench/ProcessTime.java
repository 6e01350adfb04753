package dev.stele.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Processor time that this process has had, its compilers and collectors included.
final class ProcessTime {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private ProcessTime() {
    }

    /// Since the process started; where the system does not count it, the time since some moment.
    static long nanos() {
        long nanos = SYSTEM.getProcessCpuTime();
        return nanos < 0 ? System.nanoTime() : nanos;
    }
}
