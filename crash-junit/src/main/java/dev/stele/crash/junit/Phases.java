package dev.stele.crash.junit;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/// The methods of a test class that take part.
///
/// @param recover null where opening the volume is all
record Phases(String name, Door.Kind kind, List<Method> setUps, Method workload, Method recover, List<Method> checks) {
    /// @throws ExtensionConfigurationException with one line that says what is missing or wrong
    static Phases of(Class<?> type, Method workload) {
        String name = type.getSimpleName() + "." + workload.getName();
        List<Method> setUps = methods(type, SetUp.class);
        List<Method> recovers = methods(type, Recover.class);
        List<Method> checks = methods(type, Check.class);
        List<Method> all = Stream.of(setUps.stream(), Stream.of(workload), recovers.stream(), checks.stream())
                .flatMap(each -> each).toList();
        Door.Kind kind = kind(name, all);
        if (recovers.size() > 1) {
            throw wrong(name, "two methods are annotated @Recover, " + recovers.get(0).getName() + " and "
                    + recovers.get(1).getName() + ": a program comes up again in one way");
        }
        if (recovers.isEmpty() && kind == Door.Kind.MEMORY) {
            throw wrong(name, "no method of " + type.getSimpleName()
                    + " is annotated @Recover: write one that opens what a power cut left, and returns it for the "
                    + "checks");
        }
        if (checks.isEmpty()) {
            throw wrong(name, "no method of " + type.getSimpleName()
                    + " is annotated @Check: write one that throws where what was recovered is not acceptable");
        }
        Method recover = recovers.isEmpty() ? null : recovers.getFirst();
        Phases phases = new Phases(name, kind, setUps, workload, recover, checks);
        phases.requireKnownParameters();
        return phases;
    }

    static ExtensionConfigurationException wrong(String name, String what) {
        return new ExtensionConfigurationException(name + ": " + what);
    }

    private static List<Method> methods(Class<?> type, Class<? extends Annotation> annotation) {
        return AnnotationSupport.findAnnotatedMethods(type, annotation, HierarchyTraversalMode.TOP_DOWN);
    }

    private static Door.Kind kind(String name, List<Method> methods) {
        Set<Door.Kind> kinds = new LinkedHashSet<>();
        for (Method method : methods) {
            for (Parameter parameter : method.getParameters()) {
                if (isOurs(parameter)) {
                    Stream.of(Door.Kind.values()).filter(each -> each.types.contains(parameter.getType()))
                            .forEach(kinds::add);
                }
            }
        }
        if (kinds.isEmpty()) {
            throw wrong(name, "nothing is stored to: take a PersistentMemory, MemorySegment, SimulatedFile, Stele, "
                    + "FileSystem or Path as a parameter");
        }
        if (kinds.size() > 1) {
            throw wrong(name, "some parameters ask for memory and some for a volume: a test has one medium");
        }
        return kinds.iterator().next();
    }

    private void requireKnownParameters() {
        setUps.forEach(each -> requireKnown(each, Set.of()));
        if (recover != null) {
            requireKnown(recover, Set.of());
        }
        checks.forEach(each -> requireKnown(each, Set.of(Crash.class)));
    }

    private void requireKnown(Method method, Set<Class<?>> more) {
        for (Class<?> type : method.getParameterTypes()) {
            boolean isKnown = kind.types.contains(type) || more.contains(type)
                    || !more.isEmpty() && isRecovered(type);
            if (!isKnown) {
                throw wrong(name, "the method " + method.getName() + " asks for a " + type.getSimpleName() + ", which "
                        + (more.isEmpty() ? "only the workload or a check could have" : "@Recover does not return"));
            }
        }
    }

    private boolean isRecovered(Class<?> type) {
        return recover != null && recover.getReturnType() != void.class
                && type.isAssignableFrom(recover.getReturnType());
    }

    /// Whether the lab has arguments for a parameter of the workload.
    boolean supports(Parameter parameter) {
        return parameter.getDeclaringExecutable().equals(workload) && isOurs(parameter)
                && (parameter.getType() == CrashLab.class || kind.types.contains(parameter.getType()));
    }

    /// What is annotated, as a path with `@TempDir`, is for other extensions.
    private static boolean isOurs(Parameter parameter) {
        return parameter.getAnnotations().length == 0;
    }

    void setUp(Object instance, Door door) throws Throwable {
        for (Method each : setUps) {
            invoke(each, instance, door, null, null);
        }
    }

    String nameOfRecovery() {
        return recover == null ? "the volume" : recover.getDeclaringClass().getSimpleName() + "." + recover.getName();
    }

    void invokeWorkload(Object instance, Lab lab) throws Throwable {
        List<Object> arguments = new ArrayList<>();
        for (Parameter parameter : workload.getParameters()) {
            if (!supports(parameter)) {
                throw wrong(name, "it needs more than the lab has: run the whole test");
            }
            arguments.add(lab.argument(parameter.getType()));
        }
        invoke(workload, instance, arguments);
    }

    Object recover(Object instance, Door door) throws Throwable {
        return recover == null ? null : invoke(recover, instance, door, null, null);
    }

    void check(Object instance, Door door, Object recovered, Crash crash) throws Throwable {
        for (Method each : checks) {
            invoke(each, instance, door, recovered, crash);
        }
    }

    private Object invoke(Method method, Object instance, Door door, Object recovered, Crash crash) throws Throwable {
        List<Object> arguments = new ArrayList<>();
        for (Class<?> type : method.getParameterTypes()) {
            if (type == Crash.class) {
                arguments.add(crash);
            } else {
                arguments.add(kind.types.contains(type) ? door.argument(type) : recovered);
            }
        }
        return invoke(method, instance, arguments);
    }

    private static Object invoke(Method method, Object instance, List<Object> arguments) throws Throwable {
        method.trySetAccessible();
        try {
            return method.invoke(instance, arguments.toArray());
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
