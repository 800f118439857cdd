/** Class loaders of applications. Not in a package of the agent, whose classes are left alone by itself. */
@NullMarked
package dev.lanekeeper.loading;

import org.jspecify.annotations.NullMarked;
