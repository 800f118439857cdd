@NullMarked
package dev.lanekeeper.gateway.net;

import org.jspecify.annotations.NullMarked;
