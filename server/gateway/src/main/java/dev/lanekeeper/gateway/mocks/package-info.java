/**
 * The stubs of tenants, answered by WireMock's engine without a server of its own: one set for each life of a mock, reached by nobody but
 * the requests of its lane, and those who may administer its tenancy.
 */
@NullMarked
package dev.lanekeeper.gateway.mocks;

import org.jspecify.annotations.NullMarked;
