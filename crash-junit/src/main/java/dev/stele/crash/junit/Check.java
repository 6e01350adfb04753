package dev.stele.crash.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Throws where what recovery brought up is not acceptable. There is at least one in a test class; all are called, in
/// no particular order, with the same recovered object: a check that changes it, to see that it can be used, is the
/// only one, or does so at its end. What it depends on besides the medium must come from its [Crash]: a state that was
/// judged before with an equal one is not judged again.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Check {
}
