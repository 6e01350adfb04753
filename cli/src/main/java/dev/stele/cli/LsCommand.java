package dev.stele.cli;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "ls", header = "List what a directory in a volume holds.")
final class LsCommand extends FileCommand {
    @Option(names = {"-l", "--long"}, description = "Mode, links, owner, size and time of each.")
    private boolean details;

    @Option(names = {"-d", "--directory"}, description = "The directories themselves, not what they hold.")
    private boolean itself;

    @Option(names = "--json", description = "As JSON, always with all details.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE:/PATH", arity = "1..*", converter = Operand.ToInside.class,
            description = "What to list.")
    private List<Operand.Inside> operands;

    LsCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        List<Object> all = new ArrayList<>();
        String separator = "";
        for (Operand.Inside operand : operands) {
            List<Entry> entries = list(session.reading(operand));
            if (json) {
                entries.forEach(entry -> all.add(entry.toJson()));
                continue;
            }
            if (operands.size() > 1) {
                console.out().println(separator + operand.text() + ":");
                separator = System.lineSeparator();
            }
            print(entries);
        }
        if (json) {
            console.out().print(Json.of(all));
        }
        return ExitCode.OK;
    }

    /// @param shown as it is listed: the bare name of an entry, or the whole path of an operand
    private record Entry(String shown, Path path, FileFacts facts) {
        static Entry of(String shown, Path path) {
            return new Entry(shown, path, Failures.naming(path, () -> FileFacts.of(path, false)));
        }

        String linkTarget() {
            return facts.type() != FileFacts.Type.SYMLINK ? null
                    : Failures.naming(path, () -> Files.readSymbolicLink(path)).toString();
        }

        Map<String, Object> toJson() {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("path", path.toAbsolutePath().normalize().toString());
            object.putAll(facts.toJson());
            if (linkTarget() != null) {
                object.put("target", linkTarget());
            }
            return object;
        }
    }

    private List<Entry> list(Path path) {
        FileFacts facts = Failures.naming(path, () -> FileFacts.of(path, false));
        if (itself || facts.type() != FileFacts.Type.DIRECTORY && !Files.isDirectory(path)) {
            return List.of(new Entry(path.toString(), path, facts));
        }
        List<String> names = new ArrayList<>();
        Failures.naming(path, () -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
                stream.forEach(entry -> names.add(entry.getFileName().toString()));
            }
            return null;
        });
        names.sort(null);
        return names.stream().map(name -> details || json ? Entry.of(name, path.resolve(name))
                : new Entry(name, path.resolve(name), null)).toList();
    }

    private void print(List<Entry> entries) {
        if (!details) {
            entries.forEach(entry -> console.out().println(Text.printable(entry.shown())));
            return;
        }
        Table table = new Table("", ">", ">", ">", ">", "", "");
        for (Entry entry : entries) {
            FileFacts facts = entry.facts();
            String target = entry.linkTarget();
            table.row(facts.modeLetters(), facts.linkCount(), facts.uid(), facts.gid(), facts.sizeBytes(),
                    Text.time(facts.modified()),
                    Text.printable(entry.shown()) + (target == null ? "" : " -> " + Text.printable(target)));
        }
        table.print(console.out());
    }
}
