package dev.stele.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What came out for one row.
///
/// @param unit of the times or amounts
/// @param peers by name, in the order of the table
/// @param ratios by peer, greater than 1 where Stele is better, formed round by round
/// @param goals what the ratios should reach
record RowResult(String name, String unit, Summary stele, Map<String, Summary> peers, Map<String, Summary> ratios,
        Costs costs, List<Goal> goals) {

    /// Empty where nothing is wanted of the ratio to that peer.
    Optional<Goal> goalFor(String peer) {
        return goals.stream().filter(each -> each.peer().equals(peer)).findFirst();
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
