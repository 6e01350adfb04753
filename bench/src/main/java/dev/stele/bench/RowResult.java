package dev.stele.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What came out for one row.
///
/// @param unit of the times or amounts
/// @param peers by name, in the order of the table
/// @param ratios by peer, greater than 1 where Stele is better, formed round by round
/// @param goals what the ratios should reach
record RowResult(String name, String unit, Summary stele, Map<String, Summary> peers, Map<String, Summary> ratios,
        Costs costs, List<Goal> goals) {

    /// What the ratio to a peer should be at least.
    record Goal(String peer, double atLeast) {
    }

    /// Goals that the median of the ratio does not reach; those whose peer was not there are not among them.
    List<Goal> missed() {
        List<Goal> missed = new ArrayList<>();
        for (Goal goal : goals) {
            Summary ratio = ratios.get(goal.peer());
            if (ratio != null && ratio.median() < goal.atLeast()) {
                missed.add(goal);
            }
        }
        return missed;
    }
}
