package dev.stele.bench;

import java.util.ArrayList;
import java.util.List;

/// A logarithmic axis from one pixel to another, over whole powers of ten.
final class LogAxis {
    private final double low;
    private final double high;
    private final double from;
    private final double to;

    /// @param least and most: positive
    LogAxis(double least, double most, double from, double to) {
        this.low = Math.floor(Math.log10(least) + 1e-9);
        this.high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
        this.from = from;
        this.to = to;
    }

    double at(double value) {
        return from + (Math.log10(value) - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        for (double power = low; power <= high + 1e-9; power++) {
            ticks.add(Math.pow(10, power));
        }
        return ticks;
    }
}
