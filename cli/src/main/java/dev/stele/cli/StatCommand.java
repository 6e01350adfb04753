package dev.stele.cli;

import dev.stele.node.Attributes;
import dev.stele.volume.Volume;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "stat", header = "Show everything a volume knows about a file.")
final class StatCommand extends FileCommand {
    @Option(names = {"-L", "--dereference"}, description = "Of what a symbolic link leads to.")
    private boolean follow;

    @Option(names = {"-e", "--extents"}, description = "Where its bytes stand on the medium, too.")
    private boolean extents;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Parameters(paramLabel = "IMAGE:/PATH", arity = "1..*", converter = Operand.ToInside.class,
            description = "What to look at.")
    private List<Operand.Inside> operands;

    StatCommand(Console console) {
        super(console);
    }

    @Override
    int run(Session session) {
        List<Object> all = new ArrayList<>();
        for (Operand.Inside operand : operands) {
            Path path = session.reading(operand);
            FileFacts facts = Failures.naming(path, () -> FileFacts.of(path, follow));
            Map<String, Object> more = more(path, facts);
            if (json) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("path", path.toAbsolutePath().normalize().toString());
                object.putAll(facts.toJson());
                more.forEach((name, value) -> object.put(name, value instanceof FileTime t ? t.toString() : value));
                all.add(object);
            } else {
                print(operand, facts, more);
            }
        }
        if (json) {
            console.out().print(Json.of(all));
        }
        return ExitCode.OK;
    }

    /// What `ls` does not show: changed and born, target of a link, names of extended attributes.
    private Map<String, Object> more(Path path, FileFacts facts) {
        LinkOption[] options = follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        Map<String, Object> times =
                Failures.naming(path, () -> Files.readAttributes(path, "unix:ctime,creationTime,rdev", options));
        Volume volume = Session.volumeOf(path);
        Attributes attributes = new Attributes();
        volume.attributes(facts.inode(), attributes);
        Map<String, Object> more = Json.object("changed", times.get("ctime"), "born", times.get("creationTime"),
                "blocks", attributes.blockCount, "generation", attributes.generation);
        switch (facts.type()) {
            case SYMLINK -> more.put("target",
                    Failures.naming(path, () -> Files.readSymbolicLink(path)).toString());
            case CHARACTER_DEVICE, BLOCK_DEVICE -> more.put("device", times.get("rdev"));
            case REGULAR, DIRECTORY -> more.put("attributes", attributes(path));
            case FIFO, SOCKET -> { }
        }
        if (extents && facts.type() == FileFacts.Type.REGULAR) {
            more.put("extents", volume.extents(facts.inode(), 0, Math.max(facts.sizeBytes(), 1)));
        }
        return more;
    }

    private static List<String> attributes(Path path) {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
        return Failures.naming(path, view::list).stream().sorted().toList();
    }

    private void print(Operand operand, FileFacts facts, Map<String, Object> more) {
        Object target = more.get("target");
        Table table = new Table("", "");
        table.row("file", Text.printable(operand.text() + (target == null ? "" : " -> " + target)));
        table.row("type", facts.type().label());
        table.row("size", facts.sizeBytes() + " bytes, " + Text.count((long) more.get("blocks"), "block"));
        table.row("inode", facts.inode() + ", generation " + more.get("generation"));
        table.row("links", facts.linkCount());
        table.row("mode", String.format("%04o (%s)", facts.permissions(), facts.modeLetters()));
        table.row("owner", facts.uid() + ":" + facts.gid());
        table.row("accessed", Text.exactTime(facts.accessed()));
        table.row("modified", Text.exactTime(facts.modified()));
        table.row("changed", Text.exactTime((FileTime) more.get("changed")));
        table.row("born", Text.exactTime((FileTime) more.get("born")));
        if (more.get("device") != null) {
            table.row("device", String.format("0x%x", (long) more.get("device")));
        }
        if (more.get("attributes") instanceof List<?> names && !names.isEmpty()) {
            table.row("attributes", Text.printable(names.toString().substring(1, names.toString().length() - 1)));
        }
        table.print(console.out());
        if (more.get("extents") instanceof List<?> list) {
            printExtents(list);
        }
    }

    private void printExtents(List<?> list) {
        Table table = new Table(">in file", ">on medium", ">bytes", "");
        for (Object each : list) {
            Volume.FileExtent extent = (Volume.FileExtent) each;
            table.row(extent.fileOffset(), extent.mediumOffset(), extent.byteCount(),
                    extent.unwritten() ? "unwritten" : "");
        }
        table.print(console.out());
    }
}
