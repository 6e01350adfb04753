package dev.stele.bench;

import java.util.Locale;

/// Numbers as people read them: three significant places.
final class Figures {
    private static final String[] TIMES = {"ns", "µs", "ms", "s"};

    private Figures() {
    }

    static String time(double nanos) {
        double value = nanos;
        int unit = 0;
        while (value >= 999.5 && unit < TIMES.length - 1) {
            value /= 1000;
            unit++;
        }
        return significant(value) + " " + TIMES[unit];
    }

    /// An amount of the unit of a row.
    static String amount(double value, String unit) {
        return unit.equals("ns/op") ? time(value) : significant(value) + " " + unit;
    }

    static String ratio(double ratio) {
        return significant(ratio) + "×";
    }

    static String significant(double value) {
        double size = Math.abs(value);
        int places = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, size >= 1000 ? "%,.0f" : "%." + places + "f", value);
    }

    /// A count for each operation, without places that say nothing.
    static String count(double value) {
        return Math.abs(value - Math.rint(value)) < 0.005 ? String.format(Locale.ROOT, "%,.0f", value)
                : significant(value);
    }
}
