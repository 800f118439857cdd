/**
 * The protocol on the product's own code, in simulated time: one random course of things per seed, the same for the same seed.
 *
 * <p><b>What is the product's own</b>: {@code model}; of {@code client} the protocol, a state machine; of {@code kafka} the consumer with its gate
 * ({@code LaneConsumer}, {@code ConsumerGate} and all that they decide by); of {@code control-plane} the life cycle (births, deaths,
 * burials, undertakers, publication, sweeper, resolver, floor), data planes, and announcements.
 *
 * <p><b>What is simulated</b>: time, threads, the network, clocks, the broker with its groups (as members of the classic protocol see them), the
 * store (in memory; what was committed outlives a control plane), applications, who starts, stops and kills them.
 *
 * <p><b>What is not in it</b>, and is tested elsewhere: sockets, REST, JSON and the route feed between data planes and the control plane
 * ({@code RouteClient}, {@code Follower}, {@code Presence}, {@code RouteFeed}: what carries out what the protocol decides, and what stands for them
 * here is {@link dev.lanekeeper.simulation.DataPlane}, {@link dev.lanekeeper.simulation.Wire} and
 * {@link dev.lanekeeper.simulation.ConsumerProcess}); SQL; {@code AdminGroups} and {@code KafkaGroupReader}, which ask a real
 * broker; producers' gates; several control planes at a time; releases.
 *
 * <p><b>Threads.</b> Each world runs on virtual threads of which exactly one has the turn: see
 * {@link dev.lanekeeper.simulation.Scheduler}. Worlds know nothing of each other: the only state that the product keeps for a whole process and
 * that tells consumers apart is that of claims, by group, and groups bear random ids.
 */
@NullMarked
package dev.lanekeeper.simulation;

import org.jspecify.annotations.NullMarked;
