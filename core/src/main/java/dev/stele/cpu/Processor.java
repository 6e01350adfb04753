package dev.stele.cpu;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Which processor this machine has and what it can do, as the kernel tells it.
final class Processor {
    private static final String NAME = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    private Processor() {
    }

    static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    static boolean isX86() {
        return NAME.equals("amd64") || NAME.equals("x86_64");
    }

    static boolean isAarch64() {
        return NAME.equals("aarch64") || NAME.equals("arm64");
    }

    /// The best code for this processor.
    static CodePage.Source best() {
        return best(NAME, isX86() || isAarch64() ? features() : Set.of());
    }

    /// @param name of the architecture, as in the system property `os.arch`
    /// @param features as in `/proc/cpuinfo`
    static CodePage.Source best(String name, Set<String> features) {
        return switch (name) {
            case "amd64", "x86_64" -> X86Code.source(x86(features), evicting(features));
            case "aarch64", "arm64" -> Aarch64Code.source(features.contains("dcpop")
                    ? Aarch64Code.LineFlush.CVAP : Aarch64Code.LineFlush.CVAC);
            default -> throw new VolumeException(Errno.EOPNOTSUPP, "there is no code for the processor " + name);
        };
    }

    private static X86Code.LineFlush x86(Set<String> features) {
        if (features.contains("clwb")) {
            return X86Code.LineFlush.CLWB;
        }
        if (features.contains("clflushopt")) {
            return X86Code.LineFlush.CLFLUSHOPT;
        }
        if (features.contains("clflush")) {
            return X86Code.LineFlush.CLFLUSH;
        }
        throw new VolumeException(Errno.EOPNOTSUPP, "the processor has none of clwb, clflushopt and clflush");
    }

    private static X86Code.LineFlush evicting(Set<String> features) {
        return features.contains("clflushopt") ? X86Code.LineFlush.CLFLUSHOPT : X86Code.LineFlush.CLFLUSH;
    }

    /// The first processor's words; all have the same.
    private static Set<String> features() {
        try (BufferedReader lines = Files.newBufferedReader(CPUINFO)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("flags") || line.startsWith("Features")) {
                    String words = line.substring(line.indexOf(':') + 1).strip();
                    return Arrays.stream(words.split(" ")).collect(Collectors.toSet());
                }
            }
        } catch (IOException e) {
            throw new VolumeException(Errno.EOPNOTSUPP, "/proc/cpuinfo cannot be read: " + e.getMessage());
        }
        throw new VolumeException(Errno.EOPNOTSUPP, "/proc/cpuinfo does not list the processor's features");
    }
}
