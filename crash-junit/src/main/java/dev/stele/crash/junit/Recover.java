package dev.stele.crash.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Brings up what a power cut left, as the program does when it starts again; what it returns goes to the checks. There
/// is one in a test class; where the medium is a volume, which recovers by being opened, there may be none.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Recover {
}
