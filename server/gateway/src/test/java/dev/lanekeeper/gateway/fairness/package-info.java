@NullMarked
package dev.lanekeeper.gateway.fairness;

import org.jspecify.annotations.NullMarked;
