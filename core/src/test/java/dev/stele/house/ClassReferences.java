package dev.stele.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One compiled class and the names (`java/lang/String`) of all classes that its constant pool speaks of: owners of
/// calls and fields, types in descriptors and generic signatures, annotations.
///
/// @param name internal name of the class itself
/// @param uses internal names, sorted, the class itself left out
record ClassReferences(String name, TreeSet<String> uses) {
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([A-Za-z0-9_$]+(?:/[A-Za-z0-9_$]+)+)[;<]");

    static List<ClassReferences> under(Path classes) {
        List<ClassReferences> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                all.add(of(ClassFile.of().parse(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    static ClassReferences of(ClassModel model) {
        TreeSet<String> uses = new TreeSet<>();
        for (PoolEntry entry : model.constantPool()) {
            switch (entry) {
                case ClassEntry type -> addClass(type.asInternalName(), uses);
                case Utf8Entry text -> addDescriptor(text.stringValue(), uses);
                default -> { }
            }
        }
        String name = model.thisClass().asInternalName();
        uses.remove(name);
        return new ClassReferences(name, uses);
    }

    private static void addClass(String name, TreeSet<String> uses) {
        if (name.startsWith("[")) {
            addDescriptor(name, uses);
        } else if (name.indexOf('/') >= 0) {
            uses.add(name);
        }
    }

    private static void addDescriptor(String text, TreeSet<String> uses) {
        Matcher matcher = IN_DESCRIPTOR.matcher(text);
        while (matcher.find()) {
            uses.add(matcher.group(1));
        }
    }

    static String packageOf(String internalName) {
        return internalName.substring(0, Math.max(0, internalName.lastIndexOf('/'))).replace('/', '.');
    }

    String packageName() {
        return packageOf(name);
    }
}
