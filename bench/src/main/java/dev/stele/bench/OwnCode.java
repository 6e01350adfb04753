package dev.stele.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;

/// Makes works each with a class of its own. Were two contenders to share the class, the compiler would see calls and
/// accesses of two kinds at one place, and compile for both what in a program that uses one would be inlined.
final class OwnCode {
    private OwnCode() {
    }

    /// An instance of a fresh copy of the class, which is flat and has one constructor.
    static <T extends Work> Work of(Class<T> type, Object... arguments) {
        try (InputStream code = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            Class<?> copy = MethodHandles.lookup().defineHiddenClass(code.readAllBytes(), true).lookupClass();
            Constructor<?> constructor = copy.getDeclaredConstructors()[0];
            return (Work) constructor.newInstance(arguments);
        } catch (InvocationTargetException failure) {
            throw new IllegalStateException(type.getSimpleName() + " cannot be set up: " + failure.getCause(),
                    failure.getCause());
        } catch (IOException | ReflectiveOperationException impossible) {
            throw new AssertionError("a class of this package can be copied", impossible);
        }
    }
}
