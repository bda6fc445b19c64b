package io.tapstack.requirements;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Holds what tests cite against what is required. */
final class Coverage {
  /** How a requirement stands. */
  enum Standing {
    PROVED,
    DEVIATED,
    FREE,
    OPEN
  }

  private final Catalogue catalogue;
  private final Map<String, List<Citation>> proofs = new LinkedHashMap<>();
  private final Map<String, List<Citation>> others = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();

  Coverage(Catalogue catalogue, List<Citation> citations) {
    this.catalogue = catalogue;
    faults.addAll(catalogue.faults());
    citations.forEach(this::take);
    catalogue.requirements().values().forEach(this::judge);
  }

  private void take(Citation citation) {
    String document = citation.document();
    if (!catalogue.documents().containsKey(document)) {
      faults.add(
          citation.place()
              + ": "
              + citation.key()
              + " is cited, but "
              + document
              + " is not listed");
      return;
    }
    boolean listed = false;
    for (Requirement requirement : catalogue.of(document)) {
      if (requirement.isCitedBy(citation.id())) {
        proofs.computeIfAbsent(requirement.key(), k -> new ArrayList<>()).add(citation);
        listed = true;
      }
    }
    // Any section of an RFC may be cited; identifiers and numbers of attacks are all listed.
    boolean section = document.startsWith("RFC") || document.equals("BBR");
    if (!listed && section && citation.id().matches("([A-Z]|\\d+)(\\.\\d+)*")) {
      others.computeIfAbsent(citation.key(), k -> new ArrayList<>()).add(citation);
    } else if (!listed) {
      faults.add(
          citation.place() + ": " + citation.key() + " is cited, but there is no such thing");
    }
  }

  private void judge(Requirement requirement) {
    String key = requirement.key();
    boolean proved = proofs.containsKey(key);
    boolean explained = catalogue.reasons().containsKey(key);
    if (proved && explained) {
      faults.add(
          key + " has a reason to have no test, and one at " + proofs.get(key).get(0).place());
    } else if (standing(requirement) == Standing.OPEN) {
      faults.add(key + " has neither a test nor a reason why not: " + requirement.text());
    }
  }

  Standing standing(Requirement requirement) {
    if (proofs.containsKey(requirement.key())) {
      return Standing.PROVED;
    } else if (catalogue.reasons().containsKey(requirement.key())) {
      return Standing.DEVIATED;
    }
    return requirement.optional() ? Standing.FREE : Standing.OPEN;
  }

  /** What is wrong, a sentence each; nothing if all is well. */
  List<String> faults() {
    return faults;
  }

  /** One line for each document that has requirements, and one for all of them. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    List<Requirement> all = List.copyOf(catalogue.requirements().values());
    catalogue
        .documents()
        .forEach(
            (document, title) -> {
              List<Requirement> its = catalogue.of(document);
              if (!its.isEmpty()) {
                lines.add(counts(document, its) + "  " + title);
              }
            });
    lines.add(counts("all", all));
    List<String> open = keys(all, Standing.OPEN);
    lines.add("open: " + (open.isEmpty() ? "nothing" : String.join(", ", open)));
    return lines;
  }

  private String counts(String name, List<Requirement> its) {
    String line =
        String.format(
            Locale.ROOT,
            "%-8s %3d proved, %2d with a reason, %2d open",
            name,
            keys(its, Standing.PROVED).size(),
            keys(its, Standing.DEVIATED).size(),
            keys(its, Standing.OPEN).size());
    int free = keys(its, Standing.FREE).size();
    return free == 0 ? line : line + ", " + free + " free and not done";
  }

  private List<String> keys(List<Requirement> its, Standing standing) {
    return its.stream().filter(r -> standing(r) == standing).map(Requirement::key).toList();
  }

  /** Every requirement with its tests, its reason, or the word open. */
  List<String> report() {
    List<String> lines = new ArrayList<>();
    catalogue
        .documents()
        .forEach(
            (document, title) -> {
              List<Requirement> its = catalogue.of(document);
              List<Citation> more = new ArrayList<>();
              others.values().stream()
                  .flatMap(List::stream)
                  .filter(citation -> citation.document().equals(document))
                  .forEach(more::add);
              if (its.isEmpty() && more.isEmpty()) {
                return;
              }
              lines.add("");
              lines.add(document + ": " + title);
              its.forEach(requirement -> report(requirement, lines));
              if (!more.isEmpty()) {
                lines.add("  other sections");
                more.forEach(c -> lines.add("      " + c.id() + " by " + c.test()));
              }
            });
    lines.add("");
    lines.addAll(summary());
    return lines;
  }

  private void report(Requirement requirement, List<String> lines) {
    String where = requirement.where().isEmpty() ? "" : " (" + requirement.where() + ")";
    lines.add("  " + requirement.id() + where + " " + requirement.text());
    switch (standing(requirement)) {
      case PROVED ->
          proofs.get(requirement.key()).stream()
              .map(Citation::test)
              .distinct()
              .forEach(test -> lines.add("      proved by " + test));
      case DEVIATED -> lines.add("      no test: " + catalogue.reasons().get(requirement.key()));
      case FREE -> lines.add("      free, and not done");
      case OPEN -> lines.add("      OPEN");
    }
  }
}
