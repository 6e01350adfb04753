package dev.stele.bench;

import java.util.List;
import java.util.Map;

/// What an operation costs as one thing grows.
///
/// @param across what grows
/// @param points by contender, in the order in which it grows
record Curve(String title, String across, boolean isBytes, Map<String, List<Point>> points) {

    /// @param nanos for one operation
    record Point(double at, Summary nanos) {
    }

    /// A place on the axis, for people.
    String nameOf(double at) {
        return isBytes ? bytes((long) at) : Figures.count(at);
    }

    private static String bytes(long count) {
        return count >= 1 << 20 ? (count >> 20) + " MiB" : count >= 1 << 10 ? (count >> 10) + " KiB" : count + " B";
    }
}
