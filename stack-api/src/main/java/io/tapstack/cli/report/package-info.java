/**
 * The simulation report: what {@code tapstack sim report} measures and draws.
 *
 * <p>A {@link io.tapstack.cli.report.SimPath} is a path with one bottleneck; a {@link
 * io.tapstack.cli.report.PathRun} sends bulk flows ({@link io.tapstack.cli.report.BulkFlow}) over
 * it on the virtual clock, and may be followed frame by frame ({@link
 * io.tapstack.cli.report.FlowTrace}); a {@link io.tapstack.cli.report.Limit} says how fast they
 * could be at most, with the help of what the literature knows ({@link
 * io.tapstack.cli.report.ResponseFunction}) and of a model of the algorithms ({@link
 * io.tapstack.cli.report.IdealWindow}). {@link io.tapstack.cli.report.SimulationReport} runs all of
 * it on all processors and writes the text; {@link io.tapstack.cli.report.SvgPlot} draws.
 */
@NullMarked
package io.tapstack.cli.report;

import org.jspecify.annotations.NullMarked;
