/** The gateway against clients and servers of others: each protocol feature, as they use it. */
@NullMarked
package dev.lanekeeper.gateway.conformance;

import org.jspecify.annotations.NullMarked;
