/**
 * Demo service A.
 *
 * <p><b>Threads.</b> Plain blocking code: a pool of threads serves requests.
 */
package demo.a;
