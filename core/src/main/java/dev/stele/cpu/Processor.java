package dev.stele.cpu;

import java.util.Locale;

/// Which instruction set this machine has.
final class Processor {
    private static final String NAME = System.getProperty("os.arch").toLowerCase(Locale.ROOT);

    private Processor() {
    }

    static boolean isX86() {
        return NAME.equals("amd64") || NAME.equals("x86_64");
    }

    static boolean isAarch64() {
        return NAME.equals("aarch64") || NAME.equals("arm64");
    }

    static String name() {
        return NAME;
    }
}
