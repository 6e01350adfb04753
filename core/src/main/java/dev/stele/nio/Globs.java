package dev.stele.nio;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Turns a glob into a regular expression over a path's text, by the rules that `FileSystem.getPathMatcher` gives: `*`
/// and
/// `?` stay within one name, `**` does not, `[…]` never matches a slash, `{…,…}` may not nest, `\` quotes.
final class Globs {
    private static final String REGEX_META = "\\.^$+*?{}[]|()&-~#@";

    private final String glob;
    private final StringBuilder regex = new StringBuilder();
    private int at;
    private boolean inGroup;

    private Globs(String glob) {
        this.glob = glob;
    }

    /// @throws PatternSyntaxException where the glob is none
    static Pattern compile(String glob) {
        return Pattern.compile(new Globs(glob).toRegex(), Pattern.DOTALL);
    }

    private String toRegex() {
        while (at < glob.length()) {
            char c = glob.charAt(at++);
            switch (c) {
                case '*' -> star();
                case '?' -> regex.append("[^/]");
                case '[' -> bracket();
                case '{' -> openGroup();
                case '}' -> closeGroup();
                case ',' -> regex.append(inGroup ? ")|(?:" : ",");
                case '\\' -> literal(quoted());
                default -> literal(c);
            }
        }
        if (inGroup) {
            throw malformed("Missing '}'");
        }
        return regex.toString();
    }

    private void star() {
        boolean twice = at < glob.length() && glob.charAt(at) == '*';
        at += twice ? 1 : 0;
        regex.append(twice ? ".*" : "[^/]*");
    }

    private void openGroup() {
        if (inGroup) {
            throw malformed("Cannot nest groups");
        }
        inGroup = true;
        regex.append("(?:(?:");
    }

    private void closeGroup() {
        regex.append(inGroup ? "))" : "\\}");
        inGroup = false;
    }

    private char quoted() {
        if (at == glob.length()) {
            throw malformed("No character to escape");
        }
        return glob.charAt(at++);
    }

    private void literal(char c) {
        if (REGEX_META.indexOf(c) >= 0) {
            regex.append('\\');
        }
        regex.append(c);
    }

    /// In brackets `*`, `?` and `\` stand for themselves, and so does a hyphen in the first place; a `!` there negates.
    private void bracket() {
        regex.append("[[^/]&&[");
        if (at < glob.length() && glob.charAt(at) == '!') {
            regex.append('^');
            at++;
        }
        if (at < glob.length() && glob.charAt(at) == '-') {
            literal('-');
            at++;
        }
        for (char low = next(); low != ']'; low = next()) {
            literal(low);
            if (at < glob.length() && glob.charAt(at) == '-') {
                at++;
                range(low);
            }
        }
        regex.append("]]");
    }

    private void range(char low) {
        char high = next();
        if (high == ']') {
            // A hyphen in the last place stands for itself.
            literal('-');
            at--;
            return;
        }
        if (high < low) {
            throw malformed("Invalid range");
        }
        regex.append('-');
        literal(high);
    }

    private char next() {
        if (at == glob.length()) {
            throw malformed("Missing ']'");
        }
        char c = glob.charAt(at++);
        if (c == '/') {
            throw malformed("Explicit 'name separator' in class");
        }
        return c;
    }

    private PatternSyntaxException malformed(String what) {
        return new PatternSyntaxException(what, glob, at - 1);
    }
}
