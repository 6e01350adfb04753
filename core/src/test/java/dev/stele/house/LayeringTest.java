package dev.stele.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The order of the packages is law: each may use only those before it in [#ORDER]. Read from the class files, so that
/// no import, inherited type or generic signature escapes.
class LayeringTest {
    private static final String ROOT = "dev.stele";

    static final List<String> ORDER = List.of("error", "cpu", "medium", "medium.sim", "format", "journal", "space",
            "tree", "extent", "node", "dirty", "mapping", "volume", "check", "nio", "api");

    /// What binds native code or the JVM's inside.
    private static final Set<String> NATIVE = Set.of("java/lang/foreign/Linker", "java/lang/foreign/SymbolLookup");

    private static final Path CLASSES = Project.root().resolve("core/target/classes");

    private final List<ClassReferences> classes = ClassReferences.under(CLASSES);

    @Test
    void readsTheProject() {
        assertTrue(classes.size() > 10, "too few classes under " + CLASSES);
    }

    @Test
    void everyPackageHasItsPlace() {
        assertEquals(List.of(), broken(c -> rank(c.packageName()) < 0, "is in no package of the order"));
    }

    @Test
    void theRootPackageIsEmpty() {
        assertEquals(List.of(), broken(c -> c.packageName().equals(ROOT), "is in the root package"));
    }

    @Test
    void packagesUseOnlyThoseBefore() {
        List<String> found = new ArrayList<>();
        for (ClassReferences c : classes) {
            for (String used : c.uses()) {
                if (isUpward(c.packageName(), used)) {
                    found.add(c.name() + " uses " + used);
                }
            }
        }
        assertEquals(List.of(), found);
    }

    /// `crash`, `bench` and `cli` stand on core; it knows none of them.
    @Test
    void nothingUsesALeaf() {
        assertNoUse(c -> true, used -> used.startsWith("dev/stele/") && rank(ClassReferences.packageOf(used)) < 0);
    }

    /// `com.sun.management` is the JDK's own, in the module jdk.management.
    @Test
    void nothingFromOutsideTheJdk() {
        assertNoUse(c -> true, used -> !used.startsWith("java/") && !used.startsWith("jdk/")
                && !used.startsWith("com/sun/management/") && !used.startsWith("dev/stele/"));
    }

    @Test
    void onlyCpuTouchesNativeCodeAndTheJvmsInside() {
        assertNoUse(c -> !c.packageName().equals(ROOT + ".cpu"),
                used -> NATIVE.contains(outer(used)) || used.startsWith("jdk/internal/"));
    }

    /// The lab for users' tests stands on the simulator and the doors, on JUnit's API, and on no other leaf.
    @Test
    void theCrashTestsOfUsersStandOnThePublicDoors() {
        Pattern allowed = Pattern.compile("import (static )?(java\\.|org\\.junit\\."
                + "|dev\\.stele\\.(api|cpu|crash\\.junit|medium\\.sim|nio|volume)\\.).*");
        List<String> found = new ArrayList<>();
        for (Path file : Project.javaFiles()) {
            if (file.startsWith(Project.root().resolve("crash-junit/src/main"))) {
                Project.read(file).lines()
                        .filter(line -> line.startsWith("import ") && !allowed.matcher(line).matches())
                        .forEach(line -> found.add(file.getFileName() + ": " + line));
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void theRulesCatchWhatTheyForbid() {
        ClassReferences breaker = ClassReferences.of(ClassFile.of().parse(ClassFile.of().build(
                ClassDesc.of(ROOT + ".journal.Breaker"), c -> c
                        .withField("up", ClassDesc.of(ROOT + ".volume.Volume"), 0)
                        .withMethod("call", java.lang.constant.MethodTypeDesc.of(ConstantDescs.CD_void,
                                ClassDesc.of("java.lang.foreign.Linker").arrayType()), 0x400, m -> { }))));
        assertTrue(breaker.uses().contains("java/lang/foreign/Linker"));
        assertTrue(breaker.uses().stream().anyMatch(used -> isUpward(breaker.packageName(), used)));
        assertFalse(isUpward(ROOT + ".volume", "dev/stele/journal/Journal"));
        assertTrue(isUpward(ROOT + ".medium", "dev/stele/medium/sim/SimulatedMedium"));
    }

    private static boolean isUpward(String from, String used) {
        if (!used.startsWith("dev/stele/")) {
            return false;
        }
        String to = ClassReferences.packageOf(used);
        return !to.equals(from) && rank(to) >= rank(from);
    }

    /// Place in the order; -1 for a package that has none.
    private static int rank(String packageName) {
        return packageName.startsWith(ROOT + ".") ? ORDER.indexOf(packageName.substring(ROOT.length() + 1)) : -1;
    }

    private static String outer(String name) {
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }

    private List<String> broken(Predicate<ClassReferences> rule, String what) {
        return classes.stream().filter(rule).map(c -> c.name() + " " + what).toList();
    }

    private void assertNoUse(Predicate<ClassReferences> where, Predicate<String> forbidden) {
        List<String> found = new ArrayList<>();
        for (ClassReferences c : classes) {
            if (where.test(c)) {
                c.uses().stream().filter(forbidden).forEach(used -> found.add(c.name() + " uses " + used));
            }
        }
        assertEquals(List.of(), found);
    }
}
