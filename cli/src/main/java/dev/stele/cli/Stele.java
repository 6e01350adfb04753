package dev.stele.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `stele` command; each subcommand is a class of its own.
@Command(name = "stele", version = Stele.VERSION, mixinStandardHelpOptions = true, sortOptions = false,
        synopsisSubcommandLabel = "COMMAND", scope = ScopeType.INHERIT,
        header = "Stele: a direct-access file system in a file, in memory or on persistent memory.",
        footerHeading = "%n", footer = {
            "A path inside a volume is image:/path; a path of the host has no ':/' in it. Sizes: K, M, G, T.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage; of check those of e2fsck (0, 1, 4, 8, 16)."})
final class Stele implements Runnable {
    static final String VERSION = "stele 0.1.0";

    private static final int HELP_WIDTH = 100;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "On failure, show the stack trace too.")
    private boolean debug;

    private Stele(Console console) {
        this.console = console;
    }

    /// Runs one command.
    ///
    /// @return the exit code
    static int run(Console console, String... arguments) {
        Stele stele = new Stele(console);
        String[] asked = helpAsOption(arguments);
        CommandLine line = stele.commandLine(asked.length == 0 ? "" : asked[0]);
        int code = line.execute(asked);
        console.flush();
        return code;
    }

    /// `help ls` is `ls --help`, and `help` alone `--help`.
    private static String[] helpAsOption(String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        return Stream.concat(Stream.of(arguments).skip(1), Stream.of("--help")).toArray(String[]::new);
    }

    /// Only the command that was asked for is built: the annotations of all of them take longer to read than most
    /// commands take to run.
    private CommandLine commandLine(String wanted) {
        CommandLine line = new CommandLine(this);
        Map<String, Supplier<Object>> commands = commands();
        if (commands.containsKey(wanted)) {
            line.addSubcommand(wanted, commands.get(wanted).get());
        } else {
            commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
        }
        line.setUsageHelpWidth(HELP_WIDTH);
        line.setOut(new PrintWriter(console.out(), true));
        line.setErr(new PrintWriter(console.err(), true));
        line.setParameterExceptionHandler(this::wrongUsage);
        line.setExecutionExceptionHandler((failure, at, result) -> failed(failure, at));
        return line;
    }

    /// Everything there is, for the completion script.
    CommandLine whole() {
        return commandLine("");
    }

    private Map<String, Supplier<Object>> commands() {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("quickstart", () -> new QuickstartCommand(console));
        commands.put("mkfs", () -> new MkfsCommand(console));
        commands.put("info", () -> new InfoCommand(console));
        commands.put("check", () -> new CheckCommand(console));
        commands.put("grow", () -> new GrowCommand(console));
        commands.put("df", () -> new DfCommand(console));
        commands.put("ls", () -> new LsCommand(console));
        commands.put("tree", () -> new TreeCommand(console));
        commands.put("stat", () -> new StatCommand(console));
        commands.put("cat", () -> new CatCommand(console));
        commands.put("cp", () -> new CpCommand(console));
        commands.put("mv", () -> new MvCommand(console));
        commands.put("rm", () -> new RmCommand(console));
        commands.put("ln", () -> new LnCommand(console));
        commands.put("mkdir", () -> new MkdirCommand(console));
        commands.put("import", () -> new ImportCommand(console));
        commands.put("export", () -> new ExportCommand(console));
        commands.put("fences", () -> new FencesCommand(console));
        commands.put("strategies", () -> new StrategiesCommand(console));
        commands.put("crash", this::crash);
        commands.put("bench", BenchCommand::new);
        commands.put("completion", () -> new CompletionCommand(console, this));
        commands.put("rehearse", RehearseCommand::new);
        return commands;
    }

    /// The parts of the crash lab are commands below it.
    private CommandLine crash() {
        return new CommandLine(new CrashCommand(console)).addSubcommand("faults", new FaultsCommand(console))
                .addSubcommand("images", new CrashImagesCommand(console))
                .addSubcommand("mutants", new MutantsCommand(console));
    }

    @Override
    public void run() {
        spec.commandLine().usage(console.out());
    }

    private int wrongUsage(ParameterException failure, String[] arguments) {
        CommandLine at = failure.getCommandLine();
        String name = at.getCommandSpec().qualifiedName();
        String message = words(failure).strip().replaceAll("\\s*\\R\\s*", " ");
        console.err().println(name + ": " + message + " (see " + name + " --help)");
        trace(failure);
        return at.getCommandSpec().userObject() instanceof CheckCommand ? ExitCode.CHECK_USAGE : ExitCode.USAGE;
    }

    private static String words(ParameterException failure) {
        return failure instanceof MissingParameterException missing ? words(missing) : wordsOfCause(failure);
    }

    /// An unknown option is named first: without it nothing may be missing.
    private static String words(MissingParameterException failure) {
        List<String> unknown = failure.getCommandLine().getParseResult().unmatched();
        if (!unknown.isEmpty()) {
            return new UnmatchedArgumentException(failure.getCommandLine(), unknown).getMessage();
        }
        return failure.getMissing().stream().allMatch(ArgSpec::isPositional)
                ? "needs " + operands(failure.getCommandLine().getCommandSpec()) : failure.getMessage();
    }

    private static String operands(CommandSpec command) {
        return command.positionalParameters().stream().filter(ArgSpec::required).map(ArgSpec::paramLabel)
                .collect(Collectors.joining(" "));
    }

    /// Where our own converter refused a value it said all there is to say; picocli would put the position before it.
    private static String wordsOfCause(ParameterException failure) {
        Throwable cause = failure.getCause();
        while (cause != null && !(cause instanceof TypeConversionException)) {
            cause = cause.getCause();
        }
        return cause == null ? failure.getMessage() : cause.getMessage();
    }

    private int failed(Exception failure, CommandLine at) {
        console.out().flush();
        console.err().println(at.getCommandSpec().qualifiedName() + ": " + Failures.describe(failure));
        trace(failure);
        return at.getCommandSpec().userObject() instanceof CheckCommand
                ? ExitCode.CHECK_COULD_NOT_RUN : ExitCode.FAILED;
    }

    private void trace(Throwable failure) {
        if (debug || console.debug()) {
            failure.printStackTrace(console.err());
        }
    }
}
