package dev.stele.bench;

import dev.stele.api.PersistentMemory;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// What the figures were taken on.
final class Machine {
    private Machine() {
    }

    static Map<String, Object> describe(String granularity, long seed) throws Exception {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("processor", line("/proc/cpuinfo", "model name", System.getProperty("os.arch")));
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("cache line from one processor to the other", handover());
        machine.put("memory", line("/proc/meminfo", "MemTotal", "unknown"));
        machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("jdk", System.getProperty("java.vendor.version", System.getProperty("java.vendor")));
        machine.put("collector", ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName).collect(Collectors.joining(", ")));
        machine.put("flushes", PersistentMemory.capabilities().tier() + ": "
                + PersistentMemory.capabilities().instructions());
        machine.put("volume", "tmpfs as persistent memory, " + granularity);
        machine.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        machine.put("date", java.time.Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
        machine.put("seed", seed);
        return machine;
    }

    /// When this is asked; it changes.
    private static String handover() throws Exception {
        if (Runtime.getRuntime().availableProcessors() == 1) {
            return "there is one";
        }
        Summary nanos = Handover.nanos();
        return Figures.time(nanos.median()) + " (" + Figures.time(nanos.p10()) + " – " + Figures.time(nanos.p90())
                + ")";
    }

    /// Memory that can be had without driving others out.
    static long availableBytes() {
        long available = memoryBytes("MemAvailable:");
        return available == 0 ? Long.MAX_VALUE : available;
    }

    /// One of the kernel's figures; 0 where it has none of that name.
    static long memoryBytes(String name) {
        String kibibytes = line("/proc/meminfo", name, "").replaceAll("\\D", "");
        return kibibytes.isEmpty() ? 0 : Long.parseLong(kibibytes) << 10;
    }

    /// The value behind the first line that begins with the name.
    private static String line(String file, String name, String otherwise) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name)).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(otherwise);
        } catch (IOException unknown) {
            return otherwise;
        }
    }
}
