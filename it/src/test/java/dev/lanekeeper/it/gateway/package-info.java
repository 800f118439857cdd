@NullMarked
package dev.lanekeeper.it.gateway;

import org.jspecify.annotations.NullMarked;
