package io.tapstack.cli;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the word that somebody may have meant. */
final class Spelling {
  private static final int TOLERATED = 2;

  private Spelling() {}

  /** The candidate that is the fewest typing errors away, or null if none is near. */
  static @Nullable String nearest(String word, Collection<String> candidates) {
    String best = null;
    int least = TOLERATED + 1;
    for (String candidate : candidates) {
      int errors = errors(word, candidate);
      if (errors < least) {
        least = errors;
        best = candidate;
      }
    }
    return best;
  }

  /**
   * Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
   */
  static int errors(String from, String to) {
    int[][] errors = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          errors[i][j] = i + j;
          continue;
        }
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int least = Math.min(errors[i - 1][j], errors[i][j - 1]) + 1;
        least = Math.min(least, errors[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          least = Math.min(least, errors[i - 2][j - 2] + 1);
        }
        errors[i][j] = least;
      }
    }
    return errors[from.length()][to.length()];
  }
}
