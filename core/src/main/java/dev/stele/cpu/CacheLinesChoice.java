package dev.stele.cpu;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import java.util.Locale;
import java.util.function.Supplier;

/// Which tier serves, and why no better one.
///
/// @param lines null for [Tier#NONE]
record CacheLinesChoice(CacheLines lines, CacheLines.Report report) {
    private static final String NOT_HERE = "there are routines for Linux on x86-64 and aarch64 only";

    /// @param forced name of a tier, or empty for the best that works
    static CacheLinesChoice detect(String forced) {
        return switch (forced.toLowerCase(Locale.ROOT)) {
            case "" -> best();
            case "code" -> only(code());
            case "jdk" -> only(jdk());
            case "none" -> none("stele.cpu.tier=none");
            default -> throw new VolumeException(Errno.EINVAL,
                    "stele.cpu.tier must be code, jdk or none, not " + forced);
        };
    }

    private static CacheLinesChoice best() {
        CacheLinesChoice code = code();
        if (code.lines != null) {
            return code;
        }
        CacheLinesChoice jdk = jdk();
        if (jdk.lines != null) {
            return new CacheLinesChoice(jdk.lines, new CacheLines.Report(
                    Tier.JDK, jdk.report.instructions(), "no machine code: " + code.report.reason()));
        }
        return none("no machine code: " + code.report.reason() + "; " + jdk.report.reason());
    }

    private static CacheLinesChoice only(CacheLinesChoice forced) {
        return forced.lines != null ? forced : none("stele.cpu.tier forces a tier, but: " + forced.report.reason());
    }

    private static CacheLinesChoice code() {
        return attempt(Tier.CODE, CodeLines::new, CodeLines::instructions);
    }

    private static CacheLinesChoice jdk() {
        return attempt(Tier.JDK, JdkLines::new, () -> "Unsafe.writebackMemory");
    }

    /// The first use of a tier's class links it; what it cannot do it says there.
    private static CacheLinesChoice attempt(Tier tier, Supplier<CacheLines> lines, Supplier<String> instructions) {
        if (!Processor.isLinux()) {
            return none(NOT_HERE);
        }
        try {
            return new CacheLinesChoice(lines.get(), new CacheLines.Report(tier, instructions.get(), ""));
        } catch (ExceptionInInitializerError e) {
            return none(e.getCause().getMessage());
        } catch (NoClassDefFoundError e) {
            // a second attempt at a class that failed before
            return none(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        }
    }

    private static CacheLinesChoice none(String reason) {
        return new CacheLinesChoice(null, new CacheLines.Report(Tier.NONE, "", reason));
    }
}
