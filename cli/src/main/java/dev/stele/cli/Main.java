package dev.stele.cli;

/// Where the process starts: runs one command and exits with its code.
public final class Main {
    private Main() {
    }

    public static void main(String[] arguments) {
        System.exit(Stele.run(arguments));
    }
}
