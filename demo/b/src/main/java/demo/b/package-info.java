/**
 * Demo service B.
 *
 * <p><b>Threads.</b> Plain blocking code: a pool of threads serves requests.
 */
package demo.b;
