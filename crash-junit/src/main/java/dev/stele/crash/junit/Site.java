package dev.stele.crash.junit;

import dev.stele.api.PersistentMemory;
import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.security.CodeSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A place in the user's code: the innermost frames that are neither Stele's nor the JDK's, up to the test engine's.
///
/// @param frames innermost first; empty where no such code called, as in a thread of the volume's own
record Site(List<String> frames) {
    private static final int MAX_FRAMES = 3;
    private static final StackWalker WALKER = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
    private static final String ENGINE = "org.junit.";
    private static final String PROJECT = "dev.stele.";
    private static final CodeSource CORE = source(PersistentMemory.class);
    private static final CodeSource LAB = source(Site.class);
    private static final ClassValue<Boolean> IS_USERS = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            CodeSource source = source(type);
            String name = type.getName();
            boolean isJdk = source == null || name.startsWith("jdk.") || name.startsWith("sun.");
            // By name too: everything may have been put in one jar.
            boolean isOwn = name.startsWith(PROJECT) && (isSame(source, CORE) || isSame(source, LAB));
            return !isJdk && !isOwn;
        }
    };

    private static CodeSource source(Class<?> type) {
        return type.getProtectionDomain().getCodeSource();
    }

    private static boolean isSame(CodeSource one, CodeSource other) {
        return one != null && other != null && Objects.equals(one.getLocation(), other.getLocation());
    }

    /// A place that is no line.
    static Site named(String name) {
        return new Site(List.of(name));
    }

    static Site here() {
        return new Site(WALKER.walk(Site::users));
    }

    private static List<String> users(Stream<StackFrame> stack) {
        return stack.takeWhile(frame -> !frame.getClassName().startsWith(ENGINE))
                .filter(frame -> IS_USERS.get(frame.getDeclaringClass()))
                .map(Site::describe).distinct().limit(MAX_FRAMES).toList();
    }

    private static String describe(StackFrame frame) {
        String type = frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1);
        String method = frame.getMethodName();
        if (method.startsWith("lambda$")) {
            method = method.substring("lambda$".length(), method.lastIndexOf('$'));
        }
        return type.replace('$', '.') + "." + method + "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
    }

    /// The innermost frame.
    String shortly() {
        return frames.isEmpty() ? "a thread of the volume" : frames.getFirst();
    }

    @Override
    public String toString() {
        return frames.isEmpty() ? shortly() : String.join(" < ", frames);
    }
}
