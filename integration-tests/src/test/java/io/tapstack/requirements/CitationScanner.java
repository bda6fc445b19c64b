package io.tapstack.requirements;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the citations in the text of tests and scripts. */
final class CitationScanner {
  private static final String WORD = "Proves:";
  private static final Pattern CITATION =
      Pattern.compile("\\s*(RFC\\s+\\d+|[A-Za-z]+)\\s+(\\w+(?:[.-]\\w+)*)\\s*");
  private static final Pattern TYPE =
      Pattern.compile("\\b(?:class|interface|record|enum)\\s+(\\w+)");
  private static final Pattern METHOD = Pattern.compile("\\b(\\w+)\\s*\\(");
  private static final Pattern TEST_CLASS = Pattern.compile("\\w*(Test|Properties)");
  private static final Pattern TEST =
      Pattern.compile("@(Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Example)\\b");

  private final List<Citation> citations = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  List<Citation> citations() {
    return citations;
  }

  /** What could not be read, a sentence with file and line each. */
  List<String> faults() {
    return faults;
  }

  /** Reads a script: its citations stand in comments that begin with two slashes. */
  void script(String file, List<String> lines) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    Comment comment = new Comment(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("//")) {
        comment.add(i, line.substring(2));
      } else {
        comment.cite(name);
        comment = new Comment(file);
      }
    }
    comment.cite(name);
  }

  /** Reads a Java source: a citation stands in the comment directly above a test or its class. */
  void java(String file, List<String> lines) {
    String type = file.substring(file.lastIndexOf('/') + 1).replace(".java", "");
    Comment comment = new Comment(file);
    StringBuilder annotations = new StringBuilder();
    boolean block = false;
    boolean textBlock = false;
    int parentheses = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (textBlock || line.contains("\"\"\"")) {
        textBlock ^= (line.length() - line.replace("\"\"\"", "").length()) % 6 == 3;
        continue;
      }
      if (block || line.startsWith("/*")) {
        comment.add(i, line.replaceFirst("^/?\\*+(?!/)", "").replaceFirst("\\*+/$", ""));
        block = !line.endsWith("*/");
      } else if (line.startsWith("//")) {
        comment.add(i, line.substring(2));
      } else if (parentheses > 0 || line.startsWith("@") && !line.startsWith("@interface")) {
        annotations.append(line).append('\n');
        parentheses += count(line, '(') - count(line, ')');
      } else if (!line.isEmpty()) {
        if (comment.cites()) {
          String test = test(type, line, annotations.toString());
          if (test == null) {
            faults.add(comment.place() + ": the citation stands above no test: " + line);
          } else {
            comment.cite(test);
          }
        }
        comment = new Comment(file);
        annotations.setLength(0);
      }
    }
    if (comment.cites()) {
      faults.add(comment.place() + ": the citation stands above no test");
    }
  }

  private static @Nullable String test(String type, String declaration, String annotations) {
    if (annotations.contains("@Disabled")) {
      return null;
    }
    Matcher found = TYPE.matcher(declaration);
    if (found.find()) {
      return TEST_CLASS.matcher(type).matches() ? found.group(1) : null;
    }
    found = METHOD.matcher(declaration);
    boolean test = TEST.matcher(annotations).find() && TEST_CLASS.matcher(type).matches();
    return test && found.find() ? type + "." + found.group(1) : null;
  }

  private static int count(String line, char c) {
    return (int) line.chars().filter(each -> each == c).count();
  }

  /** The lines of a comment, and of all comments that follow it directly. */
  private final class Comment {
    private final String file;
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> starts = new ArrayList<>();
    private int first;

    Comment(String file) {
      this.file = file;
    }

    void add(int index, String line) {
      if (starts.isEmpty()) {
        first = index;
      }
      while (starts.size() < index - first) {
        starts.add(text.length());
      }
      starts.add(text.length());
      text.append(line.strip()).append('\n');
    }

    boolean cites() {
      return text.indexOf(WORD) >= 0;
    }

    String place() {
      return place(Math.max(0, text.indexOf(WORD)));
    }

    private String place(int position) {
      int line = 0;
      while (line + 1 < starts.size() && starts.get(line + 1) <= position) {
        line++;
      }
      return file + ":" + (first + line + 1);
    }

    void cite(String test) {
      for (int at = text.indexOf(WORD); at >= 0; at = text.indexOf(WORD, at + 1)) {
        int from = at + WORD.length();
        Matcher next = CITATION.matcher(text);
        boolean more = true;
        while (more) {
          next.region(from, text.length());
          if (!next.lookingAt()) {
            faults.add(place(from) + ": expected a citation such as \"RFC 9293 MUST-10\"");
            break;
          }
          String document = next.group(1).replaceAll("\\s+", " ");
          citations.add(new Citation(document, next.group(2), test, place(next.start(1))));
          from = next.end();
          more = from < text.length() && text.charAt(from) == ';';
          if (more) {
            from++;
          } else if (!ends(from)) {
            faults.add(
                place(next.start(1))
                    + ": expected \";\" and a whole citation, or the end, after "
                    + document
                    + " "
                    + next.group(2));
          }
        }
      }
    }

    /** A list ends with its line, its sentence or its paragraph, or by words in parentheses. */
    private boolean ends(int position) {
      return position >= text.length()
          || text.charAt(position - 1) == '\n'
          || text.charAt(position) == '<'
          || text.charAt(position) == '('
          || text.charAt(position) == '.' && !Character.isDigit(text.charAt(position + 1));
    }
  }
}
