package io.tapstack.requirements;

/**
 * What a document requires.
 *
 * @param document as it is cited: {@code RFC 9293}, {@code attack}
 * @param id the identifier or section, or the number of the attack
 * @param where the section of an identifier, or the level of a section's rule; may be empty
 * @param text the requirement in our own words
 */
record Requirement(String document, String id, String where, String text) {
  /** As tests cite it. */
  String key() {
    return document + " " + id;
  }

  /** Nobody has to do what RFC 9293 leaves free. */
  boolean optional() {
    return id.startsWith("MAY-") || id.startsWith("REC-");
  }

  /** Whether citing this identifier or section cites this requirement: itself, or a part of it. */
  boolean isCitedBy(String cited) {
    return cited.equals(id) || cited.startsWith(id + ".");
  }
}
