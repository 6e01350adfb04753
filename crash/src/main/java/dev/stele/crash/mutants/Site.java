package dev.stele.crash.mutants;

/// A place in the core that calls a verb.
///
/// @param number by which running code names it
/// @param name `package.Class.method Verb.name`, and which of them if a method has several
/// @param place among the calls and accesses to fields of its method
/// @param isField whether it is an access to a field, and no call
/// @param caller internal name of the class
/// @param callee internal name of the class that is named in the call
/// @param descriptor of the method called
/// @param isSpecial whether it is a call of the super class's own
/// @param line in the source, 0 where that is not known
public record Site(int number, String name, int place, boolean isField, String caller, String callee,
        String descriptor, boolean isStatic, boolean isSpecial, int line, Verb verb) {
}
