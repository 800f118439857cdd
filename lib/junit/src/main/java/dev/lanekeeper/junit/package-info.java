/**
 * A lane of its own for a test: a tenant with its overrides and stubs, requests and records that bear its tenancy, the path that each
 * took, and a check that none of them ended at a baseline that the test had overridden.
 *
 * <p><b>Threads.</b> A {@link dev.lanekeeper.junit.Lane} may be used by any thread of its test.
 */
@NullMarked
package dev.lanekeeper.junit;

import org.jspecify.annotations.NullMarked;
