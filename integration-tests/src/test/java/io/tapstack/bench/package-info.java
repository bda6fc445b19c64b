/** Benchmarks: run by their own commands, never as part of the tests. */
package io.tapstack.bench;
