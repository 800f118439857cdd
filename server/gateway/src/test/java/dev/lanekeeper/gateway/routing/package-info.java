@NullMarked
package dev.lanekeeper.gateway.routing;

import org.jspecify.annotations.NullMarked;
