package dev.stele.crash.mutants.inside;

import dev.stele.crash.mutants.Kind;
import dev.stele.crash.mutants.Mutant;
import dev.stele.crash.mutants.Mutation;
import dev.stele.crash.mutants.Site;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;

/// What sites of the woven core call: says which of them is changed now, and does what it does instead.
///
/// Set between runs only; the threads of a run are started, or handed work, after that.
public final class Switch {
    /// More than any thread waits for another: where it is exceeded, somebody waits in vain.
    private static final long MAX_PAUSES = 20_000;

    private static List<Site> sites = List.of();
    private static MethodHandle[] handles = new MethodHandle[0];
    private static MethodHandle[] unsent = new MethodHandle[0];
    private static boolean[] active = new boolean[0];
    private static Kind kind = Kind.OTHER;
    private static boolean isOn;
    private static Mutation mutation = Mutation.NOTHING;
    private static boolean defers;
    /// Which sites were reached, null while nobody wants to know.
    private static volatile BitSet reached;
    private static volatile boolean isStopped;
    /// Whether nothing is changed for the time being.
    private static volatile boolean isOff;
    private static volatile long hits;
    private static volatile long pauses;
    private static volatile Runnable gate;
    private static volatile int gateAt;
    private static final ThreadLocal<ArrayDeque<Runnable>> DEFERRED = ThreadLocal.withInitial(ArrayDeque::new);

    private Switch() {
    }

    /// Thrown in threads that wait in vain, or that nobody waits for any more.
    static final class Stopped extends Error {
        private static final long serialVersionUID = 1;

        Stopped(String why) {
            super(why);
        }
    }

    static void sites(List<Site> all) {
        sites = all;
        active = new boolean[all.size()];
        handles = new MethodHandle[all.size()];
        unsent = new MethodHandle[all.size()];
    }

    /// Turns some mutants on and every other off.
    ///
    /// @param mutants all with the same mutation
    static void turn(List<Mutant> mutants) {
        active = new boolean[sites.size()];
        mutants.forEach(each -> active[each.site().number()] = true);
        isOn = !mutants.isEmpty();
        mutation = isOn ? mutants.getFirst().mutation() : Mutation.NOTHING;
        kind = isOn ? mutants.getFirst().site().verb().kind() : Kind.OTHER;
        defers = mutation == Mutation.SWAP || mutation == Mutation.LATE;
        isStopped = false;
        isOff = false;
        hits = 0;
        pauses = 0;
        gate = null;
        DEFERRED.get().clear();
    }

    /// Does something as if no mutant were on: what a scenario is measured by.
    static <T> T off(Callable<T> unchanged) throws Exception {
        boolean wasOff = isOff;
        isOff = true;
        try {
            return unchanged.call();
        } finally {
            isOff = wasOff;
        }
    }

    /// Has something done where a site is reached next, by the thread that reaches it.
    static void gate(String name, Runnable action) {
        gateAt = sites.stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no site " + name)).number();
        gate = action;
    }

    /// How often a thread has waited a moment for another.
    static long pauses() {
        return pauses;
    }

    /// Has every thread that comes to a site, or waits, end.
    static void stop() {
        isStopped = true;
    }

    /// How often the site that is changed was reached since.
    static long hits() {
        return hits;
    }

    static void beginRecording() {
        reached = new BitSet();
    }

    static BitSet endRecording() {
        BitSet found = reached;
        reached = null;
        return found;
    }

    /// Called before a site's call: whether it is changed.
    public static boolean at(int site) {
        if (reached != null) {
            note(site);
        }
        Runnable action = gate;
        if (action != null && site == gateAt) {
            gate = null;
            action.run();
        }
        if (!active[site] || isOff) {
            return false;
        }
        if (isStopped) {
            throw new Stopped("stopped");
        }
        hits++;
        return true;
    }

    private static void note(int site) {
        BitSet now = reached;
        if (now != null) {
            synchronized (now) {
                now.set(site);
            }
        }
    }

    /// Called behind a site's call: what was put off may come due.
    public static void done(int site) {
        if (defers) {
            due(sites.get(site).verb().kind());
        }
    }

    private static void due(Kind done) {
        ArrayDeque<Runnable> deferred = DEFERRED.get();
        if (!deferred.isEmpty() && kind.yieldsTo(done, mutation)) {
            for (Iterator<Runnable> each = deferred.iterator(); each.hasNext(); ) {
                Runnable call = each.next();
                each.remove();
                call.run();
            }
        }
    }

    /// Called where a thread waits.
    public static void pause() {
        pauses++;
        if (isStopped || isOn && pauses > MAX_PAUSES) {
            throw new Stopped("waits in vain");
        }
    }

    /// Does what the mutant does instead of the call.
    ///
    /// @param arguments the receiver first, if there is one
    public static Object change(int number, Object[] arguments) {
        Site site = sites.get(number);
        switch (mutation) {
            case DROP -> {
                return nothing(MethodType.fromMethodDescriptorString(site.descriptor(),
                        Switch.class.getClassLoader()).returnType());
            }
            case TRUE -> {
                return true;
            }
            case SHORTEN -> {
                return call(handle(site), shorten(site, arguments));
            }
            case UNSENT -> {
                return call(unsent(site), arguments);
            }
            case SWAP, LATE -> {
                DEFERRED.get().add(() -> call(handle(site), arguments));
                return null;
            }
            default -> {
                return call(handle(site), arguments);
            }
        }
    }

    private static Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        return type == long.class ? 0L : null;
    }

    private static Object[] shorten(Site site, Object[] arguments) {
        int receiver = site.isStatic() ? 0 : 1;
        Object[] shorter = Arrays.copyOf(arguments, arguments.length);
        int count = site.verb().count() + receiver;
        long at = site.verb().at() < 0 ? 0 : ((Number) arguments[site.verb().at() + receiver]).longValue();
        long left = site.verb().shortened(at, ((Number) arguments[count]).longValue());
        shorter[count] = arguments[count] instanceof Integer ? (Object) (int) left : (Object) left;
        return shorter;
    }

    private static Object call(MethodHandle handle, Object[] arguments) {
        try {
            return handle.invokeExact(arguments);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new IllegalStateException(checked);
        }
    }

    private static MethodHandle handle(Site site) {
        if (handles[site.number()] == null) {
            handles[site.number()] = find(site, site.verb().name());
        }
        return handles[site.number()];
    }

    private static MethodHandle unsent(Site site) {
        if (unsent[site.number()] == null) {
            unsent[site.number()] = find(site, site.verb().unsent());
        }
        return unsent[site.number()];
    }

    private static MethodHandle find(Site site, String name) {
        ClassLoader loader = Switch.class.getClassLoader();
        MethodType type = MethodType.fromMethodDescriptorString(site.descriptor(), loader);
        try {
            Class<?> caller = loader.loadClass(site.caller().replace('/', '.'));
            Class<?> callee = loader.loadClass(site.callee().replace('/', '.'));
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(caller, MethodHandles.lookup());
            MethodHandle found = site.isStatic() ? lookup.findStatic(callee, name, type)
                    : site.isSpecial() ? lookup.findSpecial(callee, name, type, caller)
                    : lookup.findVirtual(callee, name, type);
            int count = found.type().parameterCount();
            return found.asType(found.type().generic()).asSpreader(Object[].class, count)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException gone) {
            throw new LinkageError("cannot call " + site.name(), gone);
        }
    }
}
