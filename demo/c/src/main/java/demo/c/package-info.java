/**
 * Demo service C.
 *
 * <p><b>Threads.</b> Plain blocking code: a pool of threads serves requests, the main thread consumes.
 */
package demo.c;
