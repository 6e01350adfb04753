package dev.stele.cli;

import java.util.Locale;

/// Times as people write them.
final class Nanos {
    private static final String[] UNITS = {"ns", "us", "ms", "s"};

    private Nanos() {
    }

    /// `812 ns`, `4.25 us`, `13.1 ms`, `2.07 s`: three significant places.
    static String format(long nanos) {
        double value = nanos;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        int places = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + places + "f %s", value, UNITS[unit]);
    }
}
