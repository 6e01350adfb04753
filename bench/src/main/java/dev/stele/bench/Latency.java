package dev.stele.bench;

import java.util.Map;
import org.HdrHistogram.Histogram;

/// How long single operations of a row took.
///
/// @param histograms of nanoseconds, by contender
record Latency(String row, Map<String, Histogram> histograms) {
}
