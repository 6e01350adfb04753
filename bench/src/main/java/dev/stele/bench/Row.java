package dev.stele.bench;

import java.util.List;

/// One line of the table: work, whom it is measured beside, and what is wanted.
///
/// @param group rows that are asked for together
/// @param name as the output has it
/// @param peers by name, in the order of the columns
/// @param goals for some of the peers
/// @param scaleGoal see [ScaleGoal]; null where nobody asks what two threads do
/// @param areApart whether each contender has files of its own, so that two of them can work at the same time
/// @param maker makes the work of a contender
record Row(String group, String name, List<String> peers, List<Goal> goals, Goal scaleGoal, boolean areApart,
        Maker maker) {

    Row(String group, String name, List<String> peers, List<Goal> goals, Goal scaleGoal, Maker maker) {
        this(group, name, peers, goals, scaleGoal, true, maker);
    }

    interface Maker {
        /// @param who a contender's name
        /// @param instance tells several of one contender apart
        /// @return null where the contender is not to be had here
        Work make(Site site, String who, int instance) throws Exception;
    }
}
