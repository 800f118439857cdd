/**
 * Demo service A.
 *
 * <p><b>Threads.</b> Plain blocking code.
 */
package demo.a;
