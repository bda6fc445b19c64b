package io.tapstack.requirements;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The documents, what they require, and why some of it has no test. */
final class Catalogue {
  private final Map<String, String> documents = new TreeMap<>(Catalogue::byNumber);
  private final Map<String, Requirement> requirements = new LinkedHashMap<>();
  private final Map<String, String> reasons = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();

  /**
   * Adds requirements. A line "document | title" begins a document; a line that begins with one of
   * its identifiers, "id | where | text" or "id | text", is a requirement of it.
   */
  Catalogue requirements(String file, List<String> lines) {
    String document = "";
    for (Line line : Line.of(file, lines)) {
      List<String> columns = line.columns;
      String first = columns.get(0);
      if (columns.size() == 2 && !Character.isDigit(first.charAt(0)) && !first.equals("java")) {
        document = first;
        if (documents.put(document, columns.get(1)) != null) {
          faults.add(line.place + ": " + document + " is there twice");
        }
      } else if (columns.size() > 3 || columns.size() < 2 || document.isEmpty()) {
        faults.add(line.place + ": expected \"id | where | text\" of a document");
      } else {
        String where = columns.size() == 3 ? columns.get(1) : "";
        Requirement added =
            new Requirement(document, first, where, columns.get(columns.size() - 1));
        if (requirements.put(added.key(), added) != null) {
          faults.add(line.place + ": " + added.key() + " is there twice");
        }
      }
    }
    return this;
  }

  /** Adds reasons why there is no test: "requirement | reason". */
  Catalogue deviations(String file, List<String> lines) {
    for (Line line : Line.of(file, lines)) {
      String key = line.columns.get(0);
      if (line.columns.size() != 2) {
        faults.add(line.place + ": expected \"requirement | reason\"");
      } else if (!requirements.containsKey(key)) {
        faults.add(line.place + ": " + key + " is no requirement that is listed");
      } else if (reasons.put(key, line.columns.get(1)) != null) {
        faults.add(line.place + ": " + key + " has a reason already");
      }
    }
    return this;
  }

  /** The documents by number, with their titles. */
  Map<String, String> documents() {
    return documents;
  }

  List<Requirement> of(String document) {
    return requirements.values().stream().filter(r -> r.document().equals(document)).toList();
  }

  Map<String, Requirement> requirements() {
    return requirements;
  }

  Map<String, String> reasons() {
    return reasons;
  }

  /** What is wrong with the lists themselves, a sentence each. */
  List<String> faults() {
    return faults;
  }

  private static int byNumber(String one, String other) {
    int difference = Integer.compare(number(one), number(other));
    return difference != 0 ? difference : one.compareTo(other);
  }

  private static int number(String document) {
    String digits = document.replaceAll("\\D", "");
    return digits.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  /** A line that is neither empty nor a remark, cut at its bars. */
  private record Line(String place, List<String> columns) {
    static List<Line> of(String file, List<String> lines) {
      List<Line> found = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        String text = lines.get(i).strip();
        if (!text.isEmpty() && !text.startsWith("#")) {
          found.add(new Line(file + ":" + (i + 1), List.of(text.split("\\s*\\|\\s*"))));
        }
      }
      return found;
    }
  }
}
