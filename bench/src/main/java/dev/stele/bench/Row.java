package dev.stele.bench;

import java.util.List;

/// One line of the table: work, whom it is measured beside, and what is wanted.
///
/// @param group rows that are asked for together
/// @param name as the output has it
/// @param peers by name, in the order of the columns
/// @param goals for some of the peers
/// @param scaleGoal see [ScaleGoal]; null where nobody asks what two threads do
/// @param maker makes the work of a contender
record Row(String group, String name, List<String> peers, List<Goal> goals, Goal scaleGoal, Maker maker) {

    interface Maker {
        /// @param who a contender's name
        /// @param instance tells several of one contender apart
        /// @return null where the contender is not to be had here
        Work make(Site site, String who, int instance) throws Exception;
    }
}
