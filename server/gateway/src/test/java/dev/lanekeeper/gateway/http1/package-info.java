@NullMarked
package dev.lanekeeper.gateway.http1;

import org.jspecify.annotations.NullMarked;
