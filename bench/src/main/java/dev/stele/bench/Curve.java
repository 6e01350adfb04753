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
}
