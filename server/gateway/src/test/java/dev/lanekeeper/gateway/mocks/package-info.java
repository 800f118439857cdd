@NullMarked
package dev.lanekeeper.gateway.mocks;

import org.jspecify.annotations.NullMarked;
