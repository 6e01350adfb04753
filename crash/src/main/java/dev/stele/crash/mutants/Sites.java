package dev.stele.crash.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ClassDesc;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Every place in the core's main code that calls a [Verb], in the order of their names.
///
/// Left out: the processor's own code (`cpu`, whose instructions are read back by tests of their own), the simulated
/// medium, which is the judge, and programs in the core that only measure.
final class Sites {
    private static final String CORE = "dev/stele/";
    private static final List<String> PACKAGES = List.of("api", "check", "dirty", "extent", "journal", "mapping",
            "medium", "node", "space", "tree", "volume");
    /// The windowed medium, which is more program than model.
    private static final List<String> WINDOWED = List.of("Aperture", "ApertureView", "WindowedMedium");
    private static final List<String> MEASURES = List.of("volume/FenceCounts", "volume/SyncCosts", "volume/SyncCase",
            "volume/SyncWork");

    private final List<Pattern> planted = Plant.ALL.stream().flatMap(each -> each.changes().stream())
            .map(each -> each.places()).toList();
    private final Map<String, ClassModel> classes = new TreeMap<>();
    private final Map<String, String> supers = new HashMap<>();
    private final List<Site> all = new ArrayList<>();
    /// sites of a method, in the order of its code, by class, name and descriptor
    private final Map<String, List<Site>> byMethod = new HashMap<>();

    /// Reads the class files of the core, wherever this program has them from.
    Sites() {
        try {
            read(Path.of(dev.stele.volume.Volume.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        } catch (URISyntaxException wrong) {
            throw new IllegalStateException(wrong);
        }
        classes.forEach((name, model) -> {
            supers.put(name, model.superclass().map(each -> each.asInternalName()).orElse(""));
            model.interfaces().stream().map(each -> each.asInternalName()).filter(each -> each.startsWith(CORE))
                    .forEach(each -> supers.put(name, each));
        });
        classes.forEach((name, model) -> {
            if (isLookedAt(name)) {
                model.methods().forEach(method -> method.code().ifPresent(code -> find(name, method, code)));
            }
        });
    }

    private void read(Path place) {
        try {
            if (Files.isDirectory(place)) {
                readUnder(place);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
                    readUnder(jar.getPath("/"));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void readUnder(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path each : (Iterable<Path>) files::iterator) {
                String name = root.relativize(each).toString().replace('\\', '/');
                if (name.startsWith(CORE) && name.endsWith(".class")) {
                    try (InputStream in = Files.newInputStream(each)) {
                        classes.put(name.substring(0, name.length() - ".class".length()),
                                ClassFile.of().parse(in.readAllBytes()));
                    }
                }
            }
        }
    }

    private static boolean isLookedAt(String name) {
        String within = name.substring(CORE.length());
        String outer = within.contains("$") ? within.substring(0, within.indexOf('$')) : within;
        String packageName = outer.substring(0, Math.max(0, outer.lastIndexOf('/')));
        return PACKAGES.contains(packageName) && !MEASURES.contains(outer)
                || packageName.equals("medium/sim") && WINDOWED.contains(outer.substring("medium/sim/".length()));
    }

    private void find(String owner, MethodModel method, CodeModel code) {
        Map<String, Integer> counts = new HashMap<>();
        String base = owner.substring(CORE.length()).replace('/', '.') + "." + method.methodName().stringValue();
        int line = 0;
        int place = 0;
        for (CodeElement element : code) {
            switch (element) {
                case LineNumber number -> line = number.line();
                case InvokeInstruction call -> add(base, method, call, place++, line, counts);
                case FieldInstruction field -> add(base, method, field, place++, line, counts);
                default -> { }
            }
        }
    }

    private void add(String base, MethodModel method, InvokeInstruction call, int place, int line,
            Map<String, Integer> counts) {
        Verb verb = verb(call);
        String callee = call.owner().asInternalName();
        String member = verb != null ? verb.shortName() : simple(callee) + "." + call.name().stringValue();
        String name = name(base, method, member, counts);
        if (verb == null && isPlanted(name)) {
            verb = new Verb(callee, call.name().stringValue(), Kind.OTHER, -1, -1, 0, null);
        }
        if (verb != null) {
            add(method, new Site(all.size(), name, place, false, ownerOf(method), callee, call.type().stringValue(),
                    call.opcode() == Opcode.INVOKESTATIC, call.opcode() == Opcode.INVOKESPECIAL, line, verb));
        }
    }

    private void add(String base, MethodModel method, FieldInstruction field, int place, int line,
            Map<String, Integer> counts) {
        boolean isStore = field.opcode() == Opcode.PUTFIELD;
        if (!isStore && field.opcode() != Opcode.GETFIELD) {
            return;
        }
        String owner = field.owner().asInternalName();
        String name = name(base, method, simple(owner) + "." + field.name().stringValue() + (isStore ? " =" : ""),
                counts);
        if (isPlanted(name)) {
            add(method, new Site(all.size(), name, place, true, ownerOf(method), owner, field.type().stringValue(),
                    false, false, line, new Verb(owner, field.name().stringValue(), Kind.OTHER, -1, -1, 0, null)));
        }
    }

    private void add(MethodModel method, Site site) {
        all.add(site);
        byMethod.computeIfAbsent(key(site.caller(), method), each -> new ArrayList<>()).add(site);
    }

    private static String ownerOf(MethodModel method) {
        return method.parent().orElseThrow().thisClass().asInternalName();
    }

    private static String simple(String owner) {
        return owner.substring(owner.lastIndexOf('/') + 1);
    }

    private boolean isPlanted(String name) {
        return planted.stream().anyMatch(each -> each.matcher(name).matches());
    }

    private String name(String base, MethodModel method, String member, Map<String, Integer> counts) {
        String name = overload(base, method) + " " + member;
        int ordinal = counts.merge(name, 1, Integer::sum);
        return name + (ordinal == 1 ? "" : " " + ordinal);
    }

    /// Methods of one name are told apart by what they take.
    private String overload(String base, MethodModel method) {
        long same = classes.get(ownerOf(method)).methods().stream()
                .filter(each -> each.methodName().equalsString(method.methodName().stringValue())).count();
        if (same == 1) {
            return base;
        }
        StringBuilder types = new StringBuilder(base).append('(');
        String separator = "";
        for (ClassDesc each : method.methodTypeSymbol().parameterList()) {
            types.append(separator).append(each.displayName());
            separator = ",";
        }
        return types.append(')').toString();
    }

    private static String key(String owner, MethodModel method) {
        return owner + "." + method.methodName().stringValue() + method.methodType().stringValue();
    }

    private Verb verb(InvokeInstruction call) {
        String name = "." + call.name().stringValue();
        for (String owner = call.owner().asInternalName(); owner != null; owner = supers.get(owner)) {
            Verb verb = Verb.BY_NAME.get(owner + name);
            if (verb != null) {
                return isMeant(verb, call) ? verb : null;
            }
        }
        return null;
    }

    /// Other methods share a name with a verb.
    private static boolean isMeant(Verb verb, InvokeInstruction call) {
        return switch (verb.shortName()) {
            case "Native.syncMapped", "BackingFile.write", "BackingFile.sync" -> true;
            default -> verb.count() < 0
                    || verb.count() < call.typeSymbol().parameterCount()
                    && call.typeSymbol().parameterType(verb.count()).isPrimitive();
        };
    }

    /// All places, those that only plants change among them, by number.
    List<Site> all() {
        return all;
    }

    /// Calls of verbs.
    List<Site> calls() {
        return all.stream().filter(each -> each.verb().kind() != Kind.OTHER).toList();
    }

    /// @return in the order of the code; empty where there is none
    List<Site> of(String owner, MethodModel method) {
        return byMethod.getOrDefault(key(owner, method), List.of());
    }

    /// Every change of every site that could make a difference.
    List<Mutant> mutants() {
        List<Mutant> mutants = new ArrayList<>();
        for (Site site : all) {
            for (Mutation mutation : Mutation.values()) {
                if (site.verb().allows(mutation) && !(site.isSpecial() && mutation != Mutation.DROP)) {
                    mutants.add(new Mutant(site, mutation));
                }
            }
        }
        return mutants;
    }
}
