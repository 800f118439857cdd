/**
 * Demo service B.
 *
 * <p><b>Threads.</b> Plain blocking code.
 */
package demo.b;
