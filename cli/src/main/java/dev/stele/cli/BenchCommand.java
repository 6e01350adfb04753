package dev.stele.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Stands for a program of its own, so that `stele --help` names it. The script starts that one: what Stele is measured
/// beside has no place on the path of this command.
@Command(name = "bench", header = "Measure Stele beside what one would take instead.",
        description = "Started by the script ./stele of the project; see ./stele bench --help there.")
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private List<String> ignored;

    @Override
    public Integer call() {
        throw new CommandFailure("the benchmark is a program of its own: start it as ./stele bench in the project");
    }
}
