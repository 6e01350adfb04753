package dev.stele.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The `stele` command; each subcommand is a class of its own.
@Command(name = "stele", mixinStandardHelpOptions = true, version = "stele 0.1.0")
final class Stele implements Runnable {

    static int run(String... arguments) {
        return new CommandLine(new Stele()).execute(arguments);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
