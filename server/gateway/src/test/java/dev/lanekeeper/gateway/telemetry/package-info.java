@NullMarked
package dev.lanekeeper.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
