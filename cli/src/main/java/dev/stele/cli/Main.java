package dev.stele.cli;

/// Where the process starts: runs one command and exits with its code.
public final class Main {
    private Main() {
    }

    public static void main(String[] arguments) {
        Console console = Console.ofProcess();
        int code = Stele.run(console, arguments);
        console.flush();
        if (console.out().checkError() && code == ExitCode.OK) {
            code = ExitCode.FAILED; // a full disk under the output, or a reader that left
        }
        System.exit(code);
    }
}
