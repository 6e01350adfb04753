package dev.stele.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/// What the JVM's compilers have done.
final class CompileTime {
    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private CompileTime() {
    }

    /// Time they have spent until now; 0 where there are none.
    static long millis() {
        return COMPILER == null ? 0 : COMPILER.getTotalCompilationTime();
    }
}
