/**
 * Demo service C.
 *
 * <p><b>Threads.</b> Plain blocking code.
 */
package demo.c;
