@NullMarked
package dev.lanekeeper.junit;

import org.jspecify.annotations.NullMarked;
