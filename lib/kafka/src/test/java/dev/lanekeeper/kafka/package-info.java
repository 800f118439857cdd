@NullMarked
package dev.lanekeeper.kafka;

import org.jspecify.annotations.NullMarked;
