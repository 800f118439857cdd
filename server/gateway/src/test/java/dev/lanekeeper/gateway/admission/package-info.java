@NullMarked
package dev.lanekeeper.gateway.admission;

import org.jspecify.annotations.NullMarked;
