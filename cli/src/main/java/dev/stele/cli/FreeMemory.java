package dev.stele.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much memory this process can still take without driving others out: what the machine has available, or what is
/// left of the limit of the control group it runs in, if that is less.
final class FreeMemory {
    private static final Path SYSTEM = Path.of("/proc/meminfo");
    private static final Path GROUP = Path.of("/sys/fs/cgroup");

    private FreeMemory() {
    }

    /// Where nothing is known, a number too large to be a limit.
    static long bytes() {
        return bytes(SYSTEM, GROUP);
    }

    static long bytes(Path system, Path group) {
        return Math.min(available(system), leftOf(group));
    }

    private static long available(Path system) {
        return read(system).lines().filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElse(Long.MAX_VALUE);
    }

    private static long leftOf(Path group) {
        String limit = read(group.resolve("memory.max")).strip();
        String used = read(group.resolve("memory.current")).strip();
        return limit.matches("\\d{1,18}") && used.matches("\\d{1,18}")
                ? Math.max(0, Long.parseLong(limit) - Long.parseLong(used)) : Long.MAX_VALUE;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unknown) {
            return "";
        }
    }
}
