package dev.stele.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(name = "completion", header = "Print the completion script for bash and zsh.",
        description = "Use it with: source <(stele completion)")
final class CompletionCommand implements Callable<Integer> {
    private final Console console;
    private final Stele stele;

    CompletionCommand(Console console, Stele stele) {
        this.console = console;
        this.stele = stele;
    }

    @Override
    public Integer call() {
        console.out().print(AutoComplete.bash("stele", stele.whole()));
        return ExitCode.OK;
    }
}
