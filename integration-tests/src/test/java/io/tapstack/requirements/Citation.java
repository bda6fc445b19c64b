package io.tapstack.requirements;

/**
 * One citation, and the test that it stands above.
 *
 * @param document {@code RFC 9293}, {@code attack}
 * @param id what is cited of it
 * @param test class and method, or the name of a script
 * @param place file and line
 */
record Citation(String document, String id, String test, String place) {
  String key() {
    return document + " " + id;
  }
}
